"""The answer of /metrics, parsed by the client library of Prometheus."""

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

OPENMETRICS = 'application/openmetrics-text; version=1.0.0'


class Metrics:
    """The samples of one scrape."""

    def __init__(self, body, is_openmetrics=False):
        parser = openmetrics if is_openmetrics else text
        self.families = list(
            parser.text_string_to_metric_families(body.decode()))
        self.samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families for sample in family.samples}

    def series(self, name):
        """The values of a metric: {labels: value}."""
        return {labels: value for (of, labels), value in self.samples.items()
                if of == name}

    def sum(self, name, **having):
        """The sum of all samples with these labels; None if there are none."""
        values = [value for labels, value in self.series(name).items()
                  if set(having.items()) <= labels]
        return sum(values) if values else None


def scrape(httpd, path='/metrics', connection=None, **headers):
    reply = httpd.get(path, headers, connection)
    assert reply.status == 200, reply.body
    return Metrics(reply.body, 'openmetrics' in reply.headers['Content-Type'])
