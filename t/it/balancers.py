"""The shipped examples of load balancers, in front of the servers of a test."""

import os
import re
import shutil
import subprocess

from env import REPO, Httpd, bound, make_folder, wait_for

# The addresses of web1 and web2 in the examples.
ADDRESSES = ('192.0.2.11:80', '192.0.2.12:80')
PROXY = ('proxy', 'proxy_http', 'proxy_balancer', 'proxy_hcheck',
         'lbmethod_byrequests', 'slotmem_shm', 'headers')


def example(name, nodes):
    """An example of conf/ with the addresses of these Apaches."""
    with open(f'{REPO}/conf/{name}') as file:
        text = file.read()
    for address, httpd in zip(ADDRESSES, nodes):
        for plain in (address, address.replace('.', r'\.')):
            text = text.replace(plain, f'127.0.0.1:{httpd.port}')
    assert '192.0' not in text
    return text


class ByHttpd:
    """mod_proxy_balancer, in an Apache that has nothing else."""

    def __init__(self, nodes):
        self.httpd = Httpd(
            'StartServers 1\nThreadsPerChild 32\nMaxRequestWorkers 32\n'
            'MinSpareThreads 1\nMaxSpareThreads 32\n'
            + example('balancer-httpd.conf', nodes), modules=PROXY)
        self.httpd.start()
        self.port = self.httpd.port

    def remove(self):
        self.httpd.stop()
        self.httpd.remove()


class Program:
    """A balancer that is a program of its own."""

    def run(self, *command):
        self.log = open(self.folder + '/log', 'w')
        self.process = subprocess.Popen(command, stdout=self.log,
                                        stderr=self.log)
        wait_for(self.is_up, command[0] + ' listens')

    def is_up(self):
        with open(self.folder + '/log') as log:
            assert self.process.poll() is None, log.read()
        return not bound(self.port)

    def remove(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder)


class ByHaproxy(Program):
    def __init__(self, nodes):
        self.folder = make_folder()
        self.port = bound(0)
        path = self.folder + '/haproxy.cfg'
        with open(path, 'w') as file:
            file.write(re.sub('bind :80\n', f'bind 127.0.0.1:{self.port}\n',
                              example('haproxy.cfg', nodes)))
        self.run('/usr/sbin/haproxy', '-db', '-f', path)


class ByNginx(Program):
    def __init__(self, nodes):
        self.folder = make_folder()
        self.port = bound(0)
        servers = re.sub('listen 80;', f'listen 127.0.0.1:{self.port};',
                         example('nginx-balancer.conf', nodes))
        path = self.folder + '/nginx.conf'
        user = 'user www-data;' if os.getuid() == 0 else ''
        with open(path, 'w') as file:
            file.write(f'''{user} daemon off; worker_processes 1;
pid {self.folder}/pid; error_log {self.folder}/log;
events {{ worker_connections 128; }}
http {{
access_log off;
''' + ''.join(f'{name}_temp_path {self.folder}/{name};\n'
              for name in ('client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'))
                       + servers + '}\n')
        self.run('/usr/sbin/nginx', '-p', self.folder, '-c', path)


BALANCERS = {'httpd': ByHttpd, 'haproxy': ByHaproxy, 'nginx': ByNginx}
