"""Windows as people have them: large or on a phone, light or dark, by mouse or
by keyboard; and what the browser complains of in them."""

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
# What axe-core checks: WCAG 2.2 A and AA, and what is good practice.
RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
         'best-practice']
DESKTOP, PHONE, WALL = (1280, 800), (390, 844), (2560, 1440)


class Window(Page):
    """One of the browser's windows. `phone`: its size, with touch."""

    def __init__(self, browser, size=DESKTOP, dark=False, still=False,
                 phone=False):
        super().__init__(browser, browser.open('about:blank').handle)
        # Others may be in front of it.
        self.order('Emulation.setFocusEmulationEnabled', enabled=True)
        self.resize(*(PHONE if phone else size), phone)
        self.look(dark, still)

    def order(self, command, **parameters):
        """Chromium's own protocol."""
        self.driver.switch_to.window(self.handle)
        return self.driver.execute_cdp_cmd(command, parameters)

    def resize(self, width, height, phone=False):
        self.order('Emulation.setDeviceMetricsOverride', width=width,
                   height=height, deviceScaleFactor=0, mobile=phone)
        self.order('Emulation.setTouchEmulationEnabled', enabled=phone)

    def look(self, dark=False, still=False):
        """The user's wishes; still: no animations."""
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
        """The value of this JavaScript, once it is true."""
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
        """The first that is shown."""
        def shown():
            for element in self.all(selector):
                if element.is_displayed():
                    return element
        return wait_for(shown, selector + ' is shown', seconds)

    def click(self, selector, *held):
        """With these keys held, by their names."""
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
        """Keys by their names, or letters, to what has the focus."""
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
        """Goes there by the keyboard alone."""
        for _ in range(most):
            self.press('tab')
            if self.has_focus(selector):
                return
        raise AssertionError(f'{selector} is not reached by {most} tabs')

    def has_focus(self, selector):
        return self.run('return document.activeElement.matches(arguments[0]);',
                        selector)

    def drag(self, selector, right, down):
        """By so many pixels, from a little below its middle."""
        chain = ActionChains(self.driver)
        chain.move_to_element_with_offset(self.find(selector), 0, 100)
        chain.click_and_hold().perform()
        for _ in range(4):
            ActionChains(self.driver).move_by_offset(
                right // 4, down // 4).perform()
            # As many pictures as a hand needs at the least.
            self.run('await new Promise(requestAnimationFrame);')
        ActionChains(self.driver).release().perform()

    def type(self, selector, text):
        """In place of what stands there."""
        field = self.find(selector)
        field.send_keys(Keys.CONTROL, 'a')
        field.send_keys(text or Keys.BACKSPACE)

    def text(self, selector):
        return self.find(selector).text

    def screenshot(self, name):
        """Kept as what the tests saw: BUILD/screenshots/NAME.png."""
        folder = BUILD + '/screenshots'
        os.makedirs(folder, exist_ok=True)
        self.driver.switch_to.window(self.handle)
        assert self.driver.save_screenshot(f'{folder}/{name}.png')

    def axe(self):
        """What axe-core finds wrong with what is shown: a sentence each."""
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
    """Those of one test, and what it expects the browser to complain of."""

    def __init__(self, browser):
        self.browser = browser
        self.expected = []
        # What earlier tests have left there is not for this one.
        self.complaints()
        self.requests()

    def open(self, url=None, **looks):
        window = Window(self.browser, **looks)
        return window.go(url) if url else window

    def expect(self, *patterns):
        """Complaints that this test may cause, as regular expressions."""
        self.expected += patterns

    def complaints(self):
        """Every error and warning since the last time, those of scripts, of
        the network and of the content security policy."""
        if self.browser.driver is None:
            return []
        return [f'{entry["level"]}: {entry["message"]}'
                for entry in self.browser.driver.get_log('browser')
                if entry['level'] in ('WARNING', 'SEVERE')]

    def requests(self):
        """The addresses of all that pages have asked for since the last
        time."""
        if self.browser.driver is None:
            return []
        events = [json.loads(entry['message'])['message']
                  for entry in self.browser.driver.get_log('performance')]
        urls = [event['params']['request']['url'] for event in events
                if event['method'] == 'Network.requestWillBeSent']
        # A new window has a page of the browser's own at first.
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
            # It was killed.
            self.browser.kill()
