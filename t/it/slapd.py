"""A private directory, OpenLDAP's slapd, with users and groups."""

import contextlib
import os
import shutil
import socket
import subprocess

from env import SLOWNESS, bound, make_folder, wait_for

CONF = '''
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
database mdb
suffix "dc=example,dc=org"
directory {folder}/data
overlay memberof
memberof-group-oc groupOfNames
'''
BASE = '''dn: dc=example,dc=org
objectClass: dcObject
objectClass: organization
o: x
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups
'''


class Slapd:
    """`url` is ldap://…; `people`: {uid: values of employeeType}, all with the
    password "secret"; `groups`: {cn: uids}."""

    def __init__(self, people, groups):
        self.folder = make_folder()
        os.mkdir(self.folder + '/data')
        self.write('conf', CONF.format(folder=self.folder))
        self.write('ldif', self.entries(people, groups))
        subprocess.run(['slapadd', '-q', '-f', self.folder + '/conf', '-l',
                        self.folder + '/ldif'], check=True,
                       capture_output=True, env={'PATH': '/usr/sbin:/usr/bin'})
        self.port = bound(0)
        self.url = f'ldap://127.0.0.1:{self.port}'
        self.process = subprocess.Popen(
            ['/usr/sbin/slapd', '-d', '0', '-f', self.folder + '/conf', '-h',
             self.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.listens, 'slapd listens', 10 * SLOWNESS)

    def write(self, name, text):
        with open(f'{self.folder}/{name}', 'w') as file:
            file.write(text)

    @staticmethod
    def entries(people, groups):
        text = BASE
        for uid, roles in people.items():
            # slapadd runs no overlay, so memberOf is written here.
            member_of = [f'memberOf: cn={name},ou=groups,dc=example,dc=org'
                         for name, members in groups.items() if uid in members]
            text += '\n'.join([
                f'\ndn: uid={uid},ou=people,dc=example,dc=org',
                'objectClass: inetOrgPerson', f'uid: {uid}', f'cn: {uid}',
                f'sn: {uid}', 'userPassword: secret',
                *(f'employeeType: {role}' for role in roles), *member_of, ''])
        for name, members in groups.items():
            text += '\n'.join([
                f'\ndn: cn={name},ou=groups,dc=example,dc=org',
                'objectClass: groupOfNames', f'cn: {name}',
                *(f'member: uid={uid},ou=people,dc=example,dc=org'
                  for uid in members), ''])
        return text

    def listens(self):
        assert self.process.poll() is None, 'slapd has ended'
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port)).close()
            return True
        return False

    def remove(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.folder)
