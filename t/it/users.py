"""Users that log in with mod_auth_basic."""

import base64

AUTH = ['authn_core', 'authn_file', 'authz_user', 'auth_basic', 'setenvif',
        'env', 'headers']
BASIC = ['AuthType Basic', 'AuthName "cameras"',
         'AuthBasicProvider file', 'AuthUserFile "{folder}/passwords"',
         'Require valid-user']
# The password of each user is "secret".
HASH = '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ='


def user(name, password='secret'):
    token = base64.b64encode(f'{name}:{password}'.encode()).decode()
    return {'Authorization': 'Basic ' + token}


def set_passwords(httpd, *names):
    with open(httpd.folder + '/passwords', 'w') as file:
        file.writelines(f'{name}:{HASH}\n' for name in names)


def users_in_database(cluster):
    """Makes a table of the users "police" and "traffic"; returns the directives
    for logins from it. The table stays: mod_dbd prepares its query on every
    connection that an Apache opens, also while it stops."""
    cluster.query(f"""
        CREATE TABLE IF NOT EXISTS public.web_users
          (name text PRIMARY KEY, password text);
        GRANT SELECT ON public.web_users TO PUBLIC;
        INSERT INTO public.web_users VALUES
          ('police', '{HASH}'), ('traffic', '{HASH}') ON CONFLICT DO NOTHING""")
    return ['AuthType Basic', 'AuthName "cameras"', 'AuthBasicProvider dbd',
            'AuthDBDUserPWQuery "SELECT password FROM web_users '
            'WHERE name = %s"', 'Require valid-user']
