"""A private nginx."""

import os
import shutil
import subprocess

from env import make_folder, wait_for
from lab import ADDRESS, free_port

CONFIG = '''
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 128; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {folder}/certificate;
    ssl_certificate_key {folder}/key;
{servers}
}}
'''


class Nginx:
    """`servers` are the server blocks, without their "listen". Each gets a port
    of its own, in `ports`, in the same order, on loopback and on ADDRESS; `tls`
    names those with TLS and HTTP/2 by their number."""

    def __init__(self, servers, tls=()):
        self.folder = make_folder()
        self.ports = [free_port() for _ in servers]
        listens = [''.join(f'listen {address}:{port}'
                           + (' ssl http2;' if number in tls else ';')
                           for address in ('127.0.0.1', ADDRESS) if address)
                   for number, port in enumerate(self.ports)]
        blocks = [f'    server {{ {listen} {block} }}'
                  for listen, block in zip(listens, servers)]
        with open(self.folder + '/nginx.conf', 'w') as file:
            file.write(CONFIG.format(
                folder=self.folder, servers='\n'.join(blocks),
                user='user www-data;' if os.getuid() == 0 else ''))
        subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
             'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj',
             '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
             '-keyout', self.folder + '/key', '-out',
             self.folder + '/certificate'], check=True, capture_output=True)
        self.process = subprocess.Popen(
            ['/usr/sbin/nginx', '-p', self.folder, '-c',
             self.folder + '/nginx.conf'], stderr=subprocess.DEVNULL)
        wait_for(self.is_up, 'nginx runs')

    def is_up(self):
        assert self.process.poll() is None, self.text()
        return os.path.exists(self.folder + '/pid')

    def text(self):
        with open(self.folder + '/error.log') as log:
            return log.read()

    def remove(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)
