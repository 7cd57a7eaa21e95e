"""Holds the requests and answers of the tests against conf/openapi.json.

Httpd.ask() calls check() for each answer. A path is found by its end, because a
site may have a prefix. Paths that only a test has, and answers that are not JSON
of the module, are left alone."""

import functools
import json
import os
import re
import urllib.parse

from jsonschema import Draft202012Validator

DOCUMENT = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        '../../conf/openapi.json')
PROBLEM = 'application/problem+json'
KINDS = ('application/json', 'application/geo+json', PROBLEM)
# Of long arrays these elements are looked at.
SAMPLE = slice(0, 3)
# What the module accepts although the document does not offer it: empty
# parameters, and the names of parameters that it knows in other places.
ACCEPTED_PARAMETERS = {''}


@functools.cache
def document():
    with open(DOCUMENT, encoding='utf-8') as file:
        return json.load(file)


def resolved(value):
    """A value of the document with what its references lead to."""
    if isinstance(value, dict):
        if '$ref' in value:
            found = document()
            for name in value['$ref'].removeprefix('#/').split('/'):
                found = found[name]
            return {**resolved(found), **{name: each for name, each
                                          in value.items() if name != '$ref'}}
        return {name: resolved(each) for name, each in value.items()}
    return [resolved(each) for each in value] if isinstance(value, list) \
        else value


def closed(schema):
    """A schema that refuses members that it does not name."""
    if isinstance(schema, dict):
        inner = {name: closed(each) for name, each in schema.items()}
        if 'properties' in inner and 'type' in inner:
            inner.setdefault('additionalProperties', False)
        return inner
    return [closed(each) for each in schema] if isinstance(schema, list) \
        else schema


@functools.cache
def templates():
    """[(pattern of the end of a path, path of the document)], the longest
    first."""
    return [(re.compile('(?:^|/)' + re.sub(r'\\\{\w+\\\}', '[^/]+',
                                           re.escape(path[1:])) + '$'), path)
            for path in sorted(document()['paths'], key=len, reverse=True)]


def path_of(path):
    """The path of the document that this path of a request is, or None. A path
    such as /x/..//heartbeat is a test of paths."""
    plain = urllib.parse.unquote(path.partition('?')[0])
    if '//' in plain or '..' in plain:
        return None
    for pattern, known in templates():
        if pattern.search(plain):
            return known
    return None


def item_of(path):
    return document()['paths'][path]


@functools.cache
def operation(path, method):
    """The operation with its references resolved, or None."""
    found = item_of(path).get('get' if method == 'HEAD' else method.lower())
    return resolved(found) if found else None


@functools.cache
def validator(path, method, status, kind, is_closed=False):
    """None: the document does not have such an answer."""
    found = operation(path, method)
    answer = found and found['responses'].get(str(status))
    content = answer and answer.get('content', {}).get(kind)
    if not content:
        return None
    schema = closed(content['schema']) if is_closed else content['schema']
    return Draft202012Validator(schema)


@functools.cache
def request_validator(path, method):
    found = operation(path, method)
    content = found.get('requestBody', {}).get('content', {})
    return ('application/json' in content
            and Draft202012Validator(content['application/json']['schema']))


def shortened(value):
    """A copy in which arrays have only some elements."""
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value[SAMPLE]]
    return value


def complain(where, what):
    raise AssertionError(f'{where}: {what} (conf/openapi.json)')


def hold(validator, value, where):
    for error in validator.iter_errors(value):
        complain(where, f'{error.json_path}: {error.message}')


def check_request(path, method, target, body, where):
    """Only of requests that were accepted: the others are wrong on purpose."""
    known = {parameter['name'] for parameter
             in operation(path, method).get('parameters', ())
             if parameter['in'] == 'query'}
    asked = urllib.parse.parse_qs(target.partition('?')[2],
                                  keep_blank_values=True)
    unknown = set(asked) - known - ACCEPTED_PARAMETERS
    # Resources without parameters ignore what stands behind the "?".
    if known and unknown:
        complain(where, f'accepts the parameters {sorted(unknown)}')
    if body and request_validator(path, method):
        try:
            value = json.loads(body)
        except ValueError:
            # It is compressed.
            return
        hold(request_validator(path, method), value, f'{where}, the request')


def check(method, target, body, reply, is_closed=False):
    """Raises if the answer to this request is not as the document has it."""
    path = path_of(target)
    if path is None or method == 'OPTIONS':
        return
    where = f'{method} {target} → {reply.status}'
    kind = (reply.headers['Content-Type'] or '').partition(';')[0]
    if kind in KINDS and method != 'HEAD' \
            and 'Content-Encoding' not in reply.headers:
        check_body(method, path, reply, kind, is_closed, where)
    if reply.status < 300 and operation(path, method):
        if str(reply.status) not in operation(path, method)['responses']:
            complain(where, 'has no such status')
        check_request(path, method, target, body, where)


def check_body(method, path, reply, kind, is_closed, where):
    value = reply.json()
    if operation(path, method) is None:
        # A method that the path does not have.
        if kind != PROBLEM or value['status'] != reply.status:
            complain(where, 'has no such method')
        return
    found = validator(path, method, reply.status, kind, is_closed)
    if found is None:
        complain(where, f'has no such answer of the type {kind}')
    hold(found, shortened(value), where)
    if kind == PROBLEM and value['status'] != reply.status:
        complain(where, 'the member "status" is another one')
