"""Crawlers and people's browsers, as public lists have them.

The lists are packages of the npm registry, pinned in t/it/npm. The program
build/agents (t/bench/agents.c) classifies them with the code of the module.
"""

import subprocess
import sys

import pytest

from env import REPO

sys.path.insert(0, REPO + '/tools')
import agents  # noqa: E402 (it is in tools/)

PROGRAM = 'build/agents'
HEADER = REPO + '/mod_cctv/views/agent_crawlers.h'


@pytest.fixture(scope='module')
def lists():
    subprocess.run(['make', '-s', PROGRAM], cwd=REPO, check=True, timeout=600)
    return agents.Lists(REPO + '/build/npm/node_modules')


def ask(*user_agents):
    return agents.ask(f'{REPO}/{PROGRAM}', user_agents)


def test_crawlers_are_bots_and_browsers_are_not(lists):
    found = agents.report(f'{REPO}/{PROGRAM}', lists)
    assert found['crawlers'] > 2000 and found['people'] > 900
    assert found['bots'] >= 0.97 * found['crawlers']
    assert found['persons'] == []
    assert found['taken'] == []


def test_the_table_is_that_of_the_package(lists):
    with open(HEADER) as file:
        text = file.read()
    assert f'crawler-user-agents {lists.version},' in text
    assert len(text) < 20000


CHROME = ('Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 '
          '(KHTML, like Gecko%s) %s/140.0.0.0 Safari/537.36%s')


@pytest.mark.parametrize('user_agent', [
    CHROME % ('', 'HeadlessChrome', ''),
    CHROME % ('; compatible; GPTBot/1.2; +https://openai.com/gptbot', 'Chrome',
              ''),
    CHROME % ('; compatible; ChatGPT-User/1.0; +https://openai.com/bot',
              'Chrome', ''),
    CHROME % ('; compatible; OAI-SearchBot/1.0', 'Chrome', ''),
    CHROME % ('; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
              'Chrome', ''),
    CHROME % ('; compatible; Claude-User/1.0', 'Chrome', ''),
    CHROME % ('; compatible; PerplexityBot/1.0', 'Chrome', ''),
    CHROME % ('; compatible; Perplexity-User/1.0', 'Chrome', ''),
    CHROME % ('; compatible; Google-Extended', 'Chrome', ''),
    CHROME % ('; compatible; GoogleAgent-Mariner', 'Chrome', ''),
    CHROME % ('; compatible; an agent that nobody knows yet', 'Chrome', ''),
    CHROME % ('', 'Chrome', '; Manus-User/1.0'),
    CHROME % ('', 'Chrome', ' (https://agent.example)'),
    CHROME % ('', 'Chrome', ' operator@agent.example'),
    CHROME % ('', 'Chrome', ' Playwright/1.40.0'),
    CHROME % ('', 'Chrome', ' Puppeteer'),
    CHROME % ('', 'Chrome', '; Selenium'),
    'Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) '
    'Mobile Safari/537.36 (compatible; Bytespider; spider-feedback@bytedance'
    '.com)'])
def test_what_drives_a_browser_is_a_bot(lists, user_agent):
    assert ask(user_agent) == ['bot']


@pytest.mark.parametrize('kind, user_agent', [
    ('chrome', CHROME % ('', 'Chrome', '')),
    # Pages that a translator fetches for a person.
    ('chrome', CHROME % ('', 'Chrome', ',gzip(gfe) (via translate.google.com)')),
    ('ie', 'Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)'),
    ('ie', 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; '
     'http://bsalsa.com)'),
    ('opera', 'Opera/6.06 (Windows 98; U)  [en] (www.proxomitron.de)'),
    ('in_app', 'Mozilla/5.0 (Linux; Android 15; SM-S918B Build/AP3A.240905.015;'
     ' wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 '
     'Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159 '
     'Android (35/15; 480dpi; 1080x2340; samsung; SM-S918B; dm3q; qcom; de_DE; '
     '822918295; IABMV/1) NV/1'),
    # Two crawlers send what this telephone sends.
    ('other', 'Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; '
     'wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 '
     'Chrome/142.0.7444.142 Mobile Safari/537.36 Instagram 406.0.0.58.159')])
def test_what_a_person_uses_is_no_bot(lists, kind, user_agent):
    assert ask(user_agent) == [kind]
