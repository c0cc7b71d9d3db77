"""consul-retry-sidecar: what comes of a sidecar that has ended, by what systemd and its own files say."""
import os
import tempfile
import time
import unittest
from pathlib import Path

from support import GUEST, run

SYSTEMCTL = '''#!/bin/sh
echo "systemctl $*" >>"$FAKE_LOG"
case $1 in
  list-jobs) printf '%s\\n' "$FAKE_JOBS" ;;
  show) echo "Result=exit-code" ;;
esac
'''


class Retry(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bin, self.own, self.log = self.folder / 'bin', self.folder / 'run', self.folder / 'log'
        self.bin.mkdir()
        (self.bin / 'consul-retry-sidecar').write_bytes((GUEST / 'consul-retry-sidecar').read_bytes())
        (self.bin / 'systemctl').write_text(SYSTEMCTL)
        (self.bin / 'sleep').write_text('#!/bin/sh\necho "sleep $*" >>"$FAKE_LOG"\n')
        (self.bin / 'consul-cleanup-iptables').write_text('#!/bin/sh\necho cleanup >>"$FAKE_LOG"\nexit "${FAKE_CLEANUP-0}"\n')
        (self.bin / 'python3').write_text('#!/bin/sh\necho "$*" >>"$FAKE_LOG"\n')
        for path in self.bin.iterdir():
            path.chmod(0o755)

    def call(self, *words, jobs='', **env):
        """Exit code, what was done, and what was said."""
        self.log.write_text('')
        done = run('env', f'PATH={self.bin}:{os.environ["PATH"]}', self.bin / 'consul-retry-sidecar', 'web', *words, env={
            'FAKE_LOG': str(self.log), 'FAKE_JOBS': jobs, 'CONSUL_REDIRECT_DIR': str(self.own), **env})
        asked = ('systemctl list-jobs', 'systemctl show')
        return done.returncode, [line for line in self.log.read_text().splitlines() if not line.startswith(asked)], done.stderr

    def files(self):
        return {path.name: path.read_text().strip() for path in self.own.iterdir()} if self.own.exists() else {}

    FORGET = ['/srv/consul/generate-sidecar-configs.py names']
    AGAIN = ['cleanup', 'systemctl --no-block restart consul-envoy-retry@web.service']

    def test_pauses_double_up_to_five_minutes_and_never_end(self):
        for pause in (5, 10, 20, 40, 80, 160, 300, 300, 300):
            code, done, said = self.call(EXIT_CODE='exited', EXIT_STATUS='1')
            self.assertEqual((code, done), (1, self.AGAIN))
            self.assertEqual(said, f'consul-retry-sidecar: web: ended (Result=exit-code, exited 1): next try in {pause} s\n')
            self.assertEqual(self.files(), {'web.pause': str(pause)})
            self.assertEqual(self.call('pause')[:2], (0, [f'sleep {pause}', 'systemctl --no-block start envoy@web.service']))
            self.assertEqual(self.files(), {'web.last': str(pause)})

    def test_systemd_before_232_tells_less(self):
        self.assertIn('(Result=exit-code): next', self.call()[2])

    def test_after_ten_healthy_minutes_the_pause_is_short_again(self):
        for age, pause in ((9 * 60, 80), (11 * 60 + 5, 5)):
            self.own.mkdir(exist_ok=True)
            (self.own / 'web.last').write_text('40\n')
            (self.own / 'web.up').touch()
            os.utime(self.own / 'web.up', (time.time() - age,) * 2)
            self.call()
            self.assertEqual(self.files(), {'web.pause': str(pause)})

    def test_after_a_start_by_hand_the_pause_is_short_again(self):
        self.call()
        self.call('pause')
        self.call()
        self.assertEqual(self.files(), {'web.pause': '10'})
        self.call()  # nothing has slept: somebody has started it
        self.assertEqual(self.files(), {'web.pause': '5'})

    def test_an_end_that_a_job_asks_for_is_the_end(self):
        for job in ('stop', 'restart'):
            self.own.mkdir(exist_ok=True)
            (self.own / 'web.last').write_text('40\n')
            (self.own / 'web.up').touch()
            jobs = f' 7 multi-user.target         start waiting\n12 envoy@web.service         {job}  running'
            self.assertEqual(self.call(jobs=jobs), (0, ['cleanup', *self.FORGET[:job == 'stop']], ''))
            self.assertEqual(self.files(), {})
        self.assertEqual(self.call('pause')[:2], (0, []))

    def test_jobs_of_others_and_its_own_start_ask_for_no_end(self):
        for jobs in ('12 envoy@web.service start running', '12 envoy@web2.service stop running', '12 my-envoy@web.service stop running'):
            self.assertEqual(self.call(jobs=jobs)[:2], (1, self.AGAIN), jobs)

    def test_rules_that_cannot_be_removed_end_nothing(self):
        self.assertEqual(self.call(FAKE_CLEANUP='1')[:2], (1, self.AGAIN))

    def test_held_rules_stay_but_for_a_stop(self):
        held = {'CONSUL_HOLD': 'yes'}
        self.assertEqual(self.call(**held)[:2], (1, self.AGAIN[1:]))
        self.assertEqual(self.call(jobs='1 envoy@web.service restart running', **held), (0, [], ''))
        (self.own / 'web.held').touch()
        self.assertEqual(self.call(jobs='1 envoy@web.service stop running', **held), (0, [*self.FORGET, 'cleanup'], ''))

    def test_a_stop_within_the_pause_takes_names_and_held_rules_away_and_starts_nothing_and_a_restart_leaves_them(self):
        self.call()
        (self.bin / 'sleep').write_text('#!/bin/sh\nkill $PPID\n')
        job = '12 consul-envoy-retry@web.service {} running'
        self.assertEqual(self.call('pause', jobs=job.format('restart'))[:2], (0, []))
        self.assertEqual(self.call('pause', jobs=job.format('stop'))[:2], (0, self.FORGET))
        (self.own / 'web.held').touch()
        self.assertEqual(self.call('pause', jobs=job.format('restart'))[:2], (0, []))
        self.assertEqual(self.call('pause', jobs=job.format('stop'))[:2], (0, [*self.FORGET, 'cleanup']))


if __name__ == '__main__':
    unittest.main()
