"""Clients that send requests all the time and record every answer."""

import http.client
import itertools
import threading
import time

from env import wait_for


class Answer:
    """One request: the times of request and answer (time.monotonic(), s), and
    the answer. Status 0: the connection broke; `error` says how."""

    def __init__(self, client, path, started):
        self.client = client
        self.path = path
        self.started = started
        self.status = 0
        self.error = None

    def end(self, response=None, body=b'', error=None):
        self.ended = time.monotonic()
        self.error = error
        self.body = body
        if response is not None:
            self.status = response.status
            self.headers = response.headers

    def seconds(self):
        return self.ended - self.started

    def __repr__(self):
        return (f'<{self.status} {self.path} after {self.seconds():.2f} s '
                f'{self.error or self.body[-200:]}>')


class Load:
    """`clients` threads that request the paths in turn, each with a pause (s)
    between two requests. If the server closes an idle connection, the client
    opens a new one, as every client does."""

    def __init__(self, httpd, clients, paths, pause=0.02, keep_alive=True,
                 headers=()):
        self.httpd = httpd
        self.paths = itertools.cycle(paths)
        self.pause = pause
        self.keep_alive = keep_alive
        self.headers = dict(headers)
        self.answers = []
        self.stopping = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, args=[client], daemon=True)
            for client in range(clients)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads)

    def run(self, client):
        connection = self.httpd.connection()
        while not self.stopping.is_set():
            answer = Answer(client, next(self.paths), time.monotonic())
            for _ in range(2):
                reused = connection.sock is not None
                try:
                    connection.request('GET', answer.path,
                                       headers=self.headers)
                    response = connection.getresponse()
                    answer.end(response, response.read())
                    break
                except (OSError, http.client.HTTPException) as error:
                    connection.close()
                    answer.end(error=repr(error))
                    if not (reused and isinstance(error, ConnectionError)):
                        break
            if not self.keep_alive:
                connection.close()
            self.answers.append(answer)
            self.stopping.wait(self.pause)
        connection.close()

    def wait_for_answers(self, count, **having):
        """Waits for this many further answers, for example with status=503."""
        before = len(self.answers)

        def come():
            return sum(all(getattr(answer, name) == value
                           for name, value in having.items())
                       for answer in self.answers[before:]) >= count
        wait_for(come, f'{count} answers with {having}', 30)

    def wait_for_answers_since(self, moment, count):
        """Waits for this many answers to requests that were sent after this
        moment, which may lie ahead."""
        wait_for(lambda: len(self.since(moment)) >= count,
                 f'{count} answers since a moment', 30)

    def observe(self, seconds):
        """Lets the clients continue for this time."""
        self.stopping.wait(seconds)

    def wait_for_everyone(self):
        """Waits until all requests that are running now have ended."""
        now = time.monotonic()
        wait_for(lambda: len({answer.client for answer in self.since(now)})
                 == len(self.threads), 'an answer to each client', 30)

    def wait_until_good(self, count, seconds):
        """Waits until the last `count` answers were all 200."""
        def good():
            last = self.answers[-count:]
            return len(last) == count and all(
                answer.status == 200 for answer in last)
        wait_for(good, f'{count} good answers in a row', seconds)

    def since(self, moment):
        return [answer for answer in self.answers if answer.started >= moment]
