"""What the checks have found, a line for each, in the order of the checks."""


class Report:
    def __init__(self, is_quiet=False):
        self.is_quiet = is_quiet
        self.faults = 0

    def fine(self, what):
        if not self.is_quiet:
            print(f'ok     {what}')

    def note(self, what, how=None):
        """Something that works, but may surprise."""
        if not self.is_quiet:
            self._print('note', what, how)

    def wrong(self, what, how=None):
        """@param how: the line that mends it."""
        self.faults += 1
        self._print('WRONG', what, how)

    def add(self, findings):
        """Print findings of another process: [name of a method, *words]."""
        for name, *words in findings:
            getattr(self, name)(*words)

    @staticmethod
    def _print(kind, what, how):
        print(f'{kind:6} {what}')
        if how:
            print(f'       -> {how}', flush=True)


class Findings(list):
    """A report that is kept, to be printed by another process."""

    def fine(self, what):
        self.append(('fine', what))

    def note(self, what, how=None):
        self.append(('note', what, how))

    def wrong(self, what, how=None):
        self.append(('wrong', what, how))
