"""Browser windows as users have them: large or on a phone, light or dark, with
mouse or keyboard; and the errors and warnings of the browser in them."""

import json
import os
import re

from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from env import REPO, wait_for
from lab import Page

BUILD = os.path.join(REPO, os.environ.get('BUILD') or 'build')
AXE = REPO + '/build/npm/node_modules/axe-core/axe.min.js'
# The rules that axe-core checks: WCAG 2.2 A and AA, and best practices.
RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
         'best-practice']
DESKTOP, PHONE, WALL = (1280, 800), (390, 844), (2560, 1440)


class Window(Page):
    """A window of the browser. `phone`: the size of a phone, with touch."""

    def __init__(self, browser, size=DESKTOP, dark=False, still=False,
                 phone=False):
        super().__init__(browser, browser.open('about:blank').handle)
        # Another window may be in front of it.
        self.order('Emulation.setFocusEmulationEnabled', enabled=True)
        self.resize(*(PHONE if phone else size), phone)
        self.look(dark, still)

    def order(self, command, **parameters):
        """Runs a command of the Chrome DevTools Protocol."""
        self.driver.switch_to.window(self.handle)
        return self.driver.execute_cdp_cmd(command, parameters)

    def resize(self, width, height, phone=False):
        self.order('Emulation.setDeviceMetricsOverride', width=width,
                   height=height, deviceScaleFactor=0, mobile=phone)
        self.order('Emulation.setTouchEmulationEnabled', enabled=phone)

    def look(self, dark=False, still=False):
        """Sets the preferences of the user; still: reduced motion."""
        self.order('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme',
             'value': 'dark' if dark else 'light'},
            {'name': 'prefers-reduced-motion',
             'value': 'reduce' if still else 'no-preference'}])

    def go(self, url):
        self.driver.switch_to.window(self.handle)
        self.driver.get(url)
        return self

    def until(self, expression, *arguments, seconds=10):
        """Waits until this JavaScript is true; its value."""
        try:
            return wait_for(
                lambda: self.run(f'return {expression};', *arguments),
                expression, seconds)
        except AssertionError as error:
            shown = self.run('return document.body.innerText;')
            raise AssertionError(f'{error}\n{shown[:2000]}') from None

    def all(self, selector):
        self.driver.switch_to.window(self.handle)
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector, seconds=5):
        """The first visible element."""
        def shown():
            for element in self.all(selector):
                if element.is_displayed():
                    return element
        return wait_for(shown, selector + ' is shown', seconds)

    def click(self, selector, *held):
        """Clicks an element while these keys, given by name, are held."""
        found = self.find(selector)
        if not held:
            found.click()
            return
        chain = ActionChains(self.driver)
        for name in held:
            chain.key_down(getattr(Keys, name.upper()))
        chain.click(found)
        for name in held:
            chain.key_up(getattr(Keys, name.upper()))
        chain.perform()

    def press(self, *names):
        """Sends keys, by their names, or letters to the focused element."""
        self.driver.switch_to.window(self.handle)
        for name in names:
            backwards = name == 'backtab'
            key = getattr(Keys, 'TAB' if backwards else name.upper(), name)
            chain = ActionChains(self.driver)
            if backwards:
                chain.key_down(Keys.SHIFT)
            chain.send_keys(key)
            if backwards:
                chain.key_up(Keys.SHIFT)
            chain.perform()

    def tab_to(self, selector, most=60):
        """Moves the focus there with the keyboard only."""
        for _ in range(most):
            self.press('tab')
            if self.has_focus(selector):
                return
        raise AssertionError(f'{selector} is not reached by {most} tabs')

    def has_focus(self, selector):
        return self.run('return document.activeElement.matches(arguments[0]);',
                        selector)

    def drag(self, selector, right, down):
        """Drags by this many pixels, from a point a little below the middle."""
        chain = ActionChains(self.driver)
        chain.move_to_element_with_offset(self.find(selector), 0, 100)
        chain.click_and_hold().perform()
        for _ in range(4):
            ActionChains(self.driver).move_by_offset(
                right // 4, down // 4).perform()
            # At least as many frames as a human needs.
            self.run('await new Promise(requestAnimationFrame);')
        ActionChains(self.driver).release().perform()

    def type(self, selector, text):
        """Replaces the text of a field."""
        field = self.find(selector)
        field.send_keys(Keys.CONTROL, 'a')
        field.send_keys(text or Keys.BACKSPACE)

    def text(self, selector):
        return self.find(selector).text

    def screenshot(self, name):
        """Saves a screenshot as BUILD/screenshots/NAME.png."""
        folder = BUILD + '/screenshots'
        os.makedirs(folder, exist_ok=True)
        self.driver.switch_to.window(self.handle)
        assert self.driver.save_screenshot(f'{folder}/{name}.png')

    def axe(self):
        """The violations that axe-core finds on the page, one sentence each."""
        with open(AXE, encoding='utf-8') as file:
            source = file.read()
        if not self.run('return Boolean(window.axe);'):
            self.driver.execute_script(source)
        found = self.run(
            'return (await axe.run(document, {resultTypes: ["violations"],'
            ' runOnly: arguments[0]})).violations;', RULES)
        return [f'{each["id"]}: {each["help"]}: {node["target"]} '
                f'{node.get("failureSummary", "")}'
                for each in found for node in each['nodes']]


class Windows:
    """The windows of one test, and the complaints of the browser that it expects."""

    def __init__(self, browser):
        self.browser = browser
        self.expected = []
        # Discards what earlier tests have left.
        self.complaints()
        self.requests()

    def open(self, url=None, **looks):
        window = Window(self.browser, **looks)
        return window.go(url) if url else window

    def expect(self, *patterns):
        """Adds regular expressions of complaints that this test may cause."""
        self.expected += patterns

    def complaints(self):
        """Every error and warning since the last call: of scripts, of the
        network and of the content security policy."""
        if self.browser.driver is None:
            return []
        return [f'{entry["level"]}: {entry["message"]}'
                for entry in self.browser.driver.get_log('browser')
                if entry['level'] in ('WARNING', 'SEVERE')]

    def requests(self):
        """The addresses of all requests of pages since the last call."""
        if self.browser.driver is None:
            return []
        events = [json.loads(entry['message'])['message']
                  for entry in self.browser.driver.get_log('performance')]
        urls = [event['params']['request']['url'] for event in events
                if event['method'] == 'Network.requestWillBeSent']
        # A new window first shows an internal page of the browser.
        return [url for url in urls
                if not url.startswith(('chrome://', 'data:', 'about:'))]

    def unexpected(self):
        return [line for line in self.complaints()
                if not any(re.search(pattern, line)
                           for pattern in self.expected)]

    def close(self):
        try:
            self.browser.close_pages()
        except WebDriverException:
            # The browser was killed.
            self.browser.kill()
