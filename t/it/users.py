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
