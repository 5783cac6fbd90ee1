"""What a configuration must not say, and in which words it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from proximity_tui.config import load as config
from proximity_tui.config.config_errors import ConfigError
from tests.support.records.configs import Read, cluster, reader


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


@pytest.mark.parametrize("setting", ["secret", "secure"])
def test_nobody_is_led_to_trust_any_server(read: Read, setting: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(cluster(**{setting: "true"}))
    assert "insecure" not in str(refused.value)


@pytest.mark.parametrize(
    ("toml", "key", "sentence"),
    [
        ("read_onyl = true", "read_onyl", "did you mean read_only?"),
        ("[reconciller]", "reconciller", "did you mean reconciler?"),
        ('[refresh]\nintervall = "1s"', "refresh.intervall", "did you mean refresh.interval?"),
        ("[reconciler]\nenabled = false", "reconciler.enabled", "pause it on the Jobs screen"),
        ("[reconciler.breaker]\nmim = 3", "reconciler.breaker.mim", "did you mean reconciler.breaker.min?"),
        (cluster(tokenid='"x"'), "clusters.prod.tokenid", "did you mean clusters.prod.token_id?"),
        (cluster(password='"x"'), "clusters.prod.password", "token_id and token_secret"),
        ("[sentry]\nread_only = true", "sentry.read_only", "belongs at the top of the file"),
        ("[ports]\nzzz = 1", "ports.zzz", "known here: public"),
        ('"a b" = 1', '"a b"', "known here: database"),
        ("read_only = 1", "read_only", "must be true or false, not a whole number"),
        ("database = 5", "database", "must be text, not a whole number"),
        ('database = "/var/x.db"', "database", 'must be "sqlite:////path/to/file.db" or'),
        ('database = "sqlite://var/x.db"', "database", "four slashes before an absolute one"),
        ('database = "postgresql://db.example"', "database", "must name a database"),
        ("refresh = 5", "refresh", "must be a table, written [refresh]"),
        ("[refresh]\ninterval = 10", "refresh.interval", 'needs a unit, such as "10s"'),
        ('[refresh]\ninterval = "10"', "refresh.interval", "must be a duration"),
        ('[refresh]\ninterval = ""', "refresh.interval", "must be a duration"),
        ('[refresh]\ninterval = "5m1h"', "refresh.interval", "must be a duration"),
        ('[refresh]\ninterval = "0s"', "refresh.interval", "must be more than zero"),
        ('[reconciler.breaker]\nmin = "3"', "reconciler.breaker.min", "must be a whole number, not text"),
        ("[reconciler.breaker]\nmin = true", "reconciler.breaker.min", "not true or false"),
        ("[reconciler.breaker]\nmin = -1", "reconciler.breaker.min", "must not be negative"),
        ("[reconciler.breaker]\nfraction = 10", "reconciler.breaker.fraction", "from 0.0 to 1.0"),
        ("[reconciler.breaker]\nfraction = nan", "reconciler.breaker.fraction", "from 0.0 to 1.0"),
        ('[ports]\npublic = "8100"', "ports.public", 'such as "8100-8999"'),
        ('[ports]\npublic = "0-10"', "ports.public", "ports from 1 to 65535, not 0"),
        ('[ports]\npublic = "8000-70000"', "ports.public", "ports from 1 to 65535, not 70000"),
        ('[ports]\npublic = "9000-8000"', "ports.public", 'did you mean "8000-9000"?'),
        ("[metrics]\nlistn = 1", "metrics.listn", "did you mean metrics.listen?"),
        ('[metrics]\nlisten = "0.0.0.0:9221"', "metrics.listen", "must be a loopback address, not 0.0.0.0"),
        ('[metrics]\nlisten = "10.0.0.1:9221"', "metrics.listen", "must be a loopback address, not 10.0.0.1"),
        ('[metrics]\nlisten = "localhost:9221"', "metrics.listen", "must be an address, not a name"),
        ('[metrics]\nlisten = "127.0.0.1"', "metrics.listen", "is not HOST:PORT"),
        ('[metrics]\nlisten = "127.0.0.1:70000"', "metrics.listen", "is not HOST:PORT"),
        ('[metrics]\nlisten = "::1:"', "metrics.listen", "is not HOST:PORT"),
        ('[metrics]\nlisten = "::1"', "metrics.listen", "must be an address"),
        ('[metrics]\nlisten = "[::1:9221"', "metrics.listen", "must be an address"),
        ('[metrics]\nfile = ""', "metrics.file", "must not be empty"),
        ("[keys]\nadopt = 5", "keys.adopt", "must be text, not a whole number"),
        ('[sentry]\nenvironment = " "', "sentry.environment", "must not be empty"),
        ('[sentry]\nenvironment = "a\\nb"', "sentry.environment", "one line without control characters"),
        ('theme = "drak"', "theme", "did you mean 'dark'?"),
        ("theme = 3", "theme", "must be text"),
        ('shell = "pct enter {id}"', "shell", "not {id}"),
        ('shell = "ssh -J {jump} pct enter {vmid}"', "shell", "write [shell] with command and jump"),
        ('[shell]\ncommand = "ssh -J {jump} pct enter {vmid}"', "shell.command", "shell.jump is not set"),
        ('[shell]\ncomand = "pct enter {vmid}"', "shell.comand", "did you mean shell.command?"),
        ('shell = "pct list"', "shell", "{vmid} is missing"),
        ('shell = "pct enter \'{vmid}"', "shell", "is not a command line"),
        ('shell = "pct enter {vmid:>9}"', "shell", "may not format"),
        ("[clusters.Prod]", "clusters.Prod", "must be made of a-z, 0-9, - and _"),
        ('[clusters."prod/1"]', 'clusters."prod/1"', "must be made of a-z, 0-9, - and _"),
        ("[clusters]\nprod = 1", "clusters.prod", "must be a table, written [clusters.prod]"),
        (cluster(url=None), "clusters.prod.url", "is missing"),
        (cluster(urls='["https://a"]'), "clusters.prod", "has both url and urls"),
        (cluster(url=None, urls="[]"), "clusters.prod.urls", "at least one address"),
        (
            cluster(url=None, urls='["https://a", "https://A/"]'),
            "clusters.prod.urls",
            "the same address twice",
        ),
        (cluster(url='"http://pve1.example"'), "clusters.prod.url", 'must start with "https://"'),
        (cluster(url='"pve1.example:8006"'), "clusters.prod.url", 'must start with "https://"'),
        (cluster(url='"https://root:pw@pve1"'), "clusters.prod.url", "must not hold credentials"),
        (cluster(url='"https://pve1/api2/json"'), "clusters.prod.url", 'must end before "/api2"'),
        (cluster(url='"https://gw/pve1/../x"'), "clusters.prod.url", "cannot be that of a gateway"),
        (cluster(url='"https://gw/%70ve"'), "clusters.prod.url", "cannot be that of a gateway"),
        (cluster(url='"https://gw?x=1"'), "clusters.prod.url", "must end after the host"),
        (cluster(url=f'"https://{"ü" * 70}.example"'), "clusters.prod.url", "must name a host"),
        (cluster(url='"https://a..b"'), "clusters.prod.url", "must name a host"),
        (cluster(url=f'"https://{"a" * 64}.example"'), "clusters.prod.url", "must name a host"),
        (cluster(url='"https://-pve.example"'), "clusters.prod.url", "must name a host"),
        (cluster(url='"https://[fe80::1%25lo]"'), "clusters.prod.url", "must name a host"),
        (cluster(url='"https://..."'), "clusters.prod.url", "must name a host"),
        (cluster(token_id='"PVEAPIToken=a@pve!tui"'), "clusters.prod.token_id", "leave"),
        (cluster(token_id=f'"{"u" * 61}@pve!tui"'), "clusters.prod.token_id", "at most 64 characters"),
        (cluster(token_id='"a:b@pve!tui"'), "clusters.prod.token_id", "no blanks, colons or slashes"),
        (cluster(token_id='"a@pve!t"'), "clusters.prod.token_id", "must be user@realm!name"),
        (cluster(token_secret='{ file = "~nosuchuser/x" }'), "clusters.prod.token_secret", "no user nosuchuser"),
        (cluster(fingerprint=None, ca_file='"~nosuchuser/x"'), "clusters.prod.ca_file", "no user nosuchuser"),
        ('[metrics]\nfile = "~nosuchuser/x"', "metrics.file", "no user nosuchuser"),
        ('database = "sqlite:///~nosuchuser/x.db"', "database", "no user nosuchuser"),
        ('database = "sqlite:////var/%00.db"', "database", "no control characters"),
        ('database = "postgresql://u%00@h/x"', "database", "no control characters"),
        (f"[reconciler.breaker]\nfraction = {10**400}", "reconciler.breaker.fraction", "from 0.0 to 1.0, not a larger"),
        ("[reconciler.breaker]\nfraction = 1e999", "reconciler.breaker.fraction", "from 0.0 to 1.0, not inf"),
        ("[reconciler.breaker]\nfraction = -0.1", "reconciler.breaker.fraction", "from 0.0 to 1.0, not -0.1"),
        (f"[reconciler.breaker]\nmin = {10**400}", "reconciler.breaker.min", "at most 1000000"),
        ('[refresh]\ninterval = "999999d"', "refresh.interval", "at most 366d"),
        ('[reconciler]\nconfirm_after = "999999h"', "reconciler.confirm_after", "at most 366d"),
        ('[reconciler]\nconfirm_after = "99999999999999999999d"', "reconciler.confirm_after", "at most 366d"),
        (f'[reconciler]\nconfirm_after = "{"9" * 5000}s"', "reconciler.confirm_after", "at most 366d"),
        ('[janitor]\nremoving = "٣m"', "janitor.removing", "must be a duration"),
        (cluster(url='"https://pve1:99999"'), "clusters.prod.url", "a valid port"),
        (cluster(url='"https://:8006"'), "clusters.prod.url", "must name a host"),
        (cluster(url='"https://[fd00::1"'), "clusters.prod.url", "not a well-formed address"),
        (cluster(token_id=None), "clusters.prod.token_id", "is missing"),
        (cluster(token_id='"root@pam"'), "clusters.prod.token_id", "must be user@realm!name"),
        (cluster(token_id='"a@pve!tui=0f0f"'), "clusters.prod.token_id", "is the secret, see token_secret"),
        (cluster(token_secret=None), "clusters.prod.token_secret", "is missing"),
        (cluster(token_secret='"0f0f"'), "clusters.prod.token_secret", "must not hold the secret itself"),
        (cluster(token_secret="{}"), "clusters.prod.token_secret", "in exactly one way"),
        (
            cluster(token_secret='{ env = "A", file = "b" }'),
            "clusters.prod.token_secret",
            "in exactly one way",
        ),
        (cluster(token_secret='{ vault = "A" }'), "clusters.prod.token_secret", "in exactly one way"),
        (cluster(token_secret='{ env = "" }'), "clusters.prod.token_secret", "(env) must not be empty"),
        (cluster(token_secret='{ credential = "../x" }'), "clusters.prod.token_secret", "not a path"),
        (
            cluster(token_secret='{ command = "a \'b" }'),
            "clusters.prod.token_secret",
            "is not a command line",
        ),
        (cluster(fingerprint=None), "clusters.prod", "must say which certificate to trust"),
        (cluster(fingerprint=None, insecure="false"), "clusters.prod", "must say which certificate to trust"),
        (cluster(insecure="true"), "clusters.prod", "has fingerprint and insecure; keep exactly one"),
        (cluster(ca_file='"ca.pem"'), "clusters.prod", "has fingerprint and ca_file; keep exactly one"),
        (cluster(fingerprint=f'"{"ab" * 20}"'), "clusters.prod.fingerprint", "looks like a SHA-1"),
        (cluster(fingerprint=f'"{"zz" * 32}"'), "clusters.prod.fingerprint", "64 hexadecimal digits"),
        (cluster(fingerprint="[]"), "clusters.prod.fingerprint", "at least one fingerprint"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_remedy(
    read: Read, tmp_path: Path, toml: str, key: str, sentence: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        read(toml)
    message = str(refused.value)
    assert message.startswith(f"{tmp_path / 'proximity-tui.toml'}: {key} ")
    assert sentence in message


@pytest.mark.parametrize(
    "toml",
    [
        cluster(token_secret='"hunter2"'),
        cluster(token_id='"a@pve!tui=hunter2"'),
        cluster(url='"https://root:hunter2@pve1"'),
        'database = "mysql://me:hunter2@db/x"',
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_without_being_repeated(read: Read, toml: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(toml)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"read_only = false\ndatabase = \n", "line 2, column 12: not valid TOML"),
        (b"[ports]\npublic = '8", "line 2, the end: not valid TOML"),
        (b"[ports]\n[ports]\n", "line 2, column 7: not valid TOML"),
        (b"# fine\n\n# caf\xe9\n", "line 3: not UTF-8 text"),
        (b"x = " + b"9" * 5000, "is not valid TOML"),
    ],
)
def test_a_broken_file_is_one_sentence_with_its_line(tmp_path: Path, content: bytes, place: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        config.load(path, environ={})
    assert str(refused.value).startswith(str(path))
    assert place in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_configuration_that_never_ends_is_read_no_further() -> None:
    with pytest.raises(ConfigError, match="so it is no configuration"):
        config.load(Path("/dev/zero"), environ={})


def test_a_folder_is_not_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        config.load(tmp_path, environ={})
