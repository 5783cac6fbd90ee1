"""The example configuration of the first-run screen and the manual. Knows no reader."""

TEMPLATE = """\
# Proximity TUI. A time carries its unit: "10s", "5m", "1h30m".
# What is commented out shows the default. To check it: proximity-tui doctor

# database = "sqlite:////var/lib/proximity/proximity.db"
#            in your data directory by default; or "postgresql://user@host/name"
# read_only = false            # true: look, never touch
# bell = false                 # true: the terminal rings for each new red alert
# theme = "auto"               # dark, light, contrast, terminal; auto: as the terminal's background
# shell = "ssh -t root@{node} pct enter {vmid}"    # or a table [shell], with {user} {address} {jump}

[clusters.prod]                # one table a cluster; names are a-z 0-9 - _
url = "https://pve1.example:8006"
# or several, tried in order:
# urls = ["https://pve1.example:8006", "https://pve2.example:8006"]
token_id = "proximity@pve!tui"
# Where the secret is kept, never the secret itself; one of
#   { env = "PROD_TOKEN" }
#   { file = "prod.token" }            mode 0600; from this folder if relative
#   { command = "pass show pve/prod" } the first line that it prints
#   { credential = "prod" }            systemd's LoadCredential=
token_secret = { env = "PROD_TOKEN" }
# Which certificate to trust; one of
#   fingerprint                        SHA-256; on the node: pvenode cert info
#   ca_file = "pve-root-ca.pem"        whatever this authority signed
#   insecure = true                    any server is believed; red on every screen
fingerprint = "0000000000000000000000000000000000000000000000000000000000000000"
# enabled = true
# production = false           # true: no change before `proximity-tui arm`
# probe = true                 # false: no port of its containers is probed from here

[refresh]
# interval = "10s"

[reconciler]
# interval = "5m"
# confirm_after = "30s"        # two lists this far apart prove an absence
# breaker = { min = 3, fraction = 0.10 }   # more gone at once: ask a person

[janitor]                      # how long a container may be in a passing state
# interval = "15m"
# deploying = "1h"
# cloning = "1h"
# updating = "1h"
# removing = "1h"
# adopting = "10m"

[ports]
# public = "8100-8999"

[alerts]                       # about what stands around the containers
# storage_used = 0.90          # a storage with more of it in use
# certificate = "14d"          # a certificate of a node that ends sooner

[probe]                        # connects to ports of a container, only when a person asks for it
# enabled = true               # a cluster forbids it with: probe = false
# ports = [22, 25, 53, 80, 143, 389, 443, 993, 3000, 3306, 5432, 5672, 6379, 8000, 8080, 8443, 9000, 9090, 9100]
# rate = 20                    # connects a second
# at_once = 4
# timeout = "2s"

[drift]                        # changes of a config; patterns of settings: memory, net*, features.nesting
# watch = ["*"]                # what counts as drift
# ignore = []                  # what does not, although it is watched
# alert = []                   # what is an amber alert, such as ["protection", "net*"]

[lint]                         # what `lint` finds
# backup = "7d"                # how old the last backup may be
# snapshot = "30d"             # how old a snapshot may be
# alert = "7d"                 # how long an alert may be open
# disk_used = 0.90             # the share of its disk that a container may use
# disabled = []                # rules that are not applied, such as ["onboot_off"]

[thresholds]                   # percent from which a figure is amber, and red
# cpu = [80, 95]
# mem = [90, 97]
# disk = [85, 95]

[thresholds.alert]             # percent from which a figure of a container is an amber alert; false: never
# cpu = false
# mem = false
# disk = 95
# after = 10                   # readings in a row, one a minute, at or above it
# calm = 10                    # readings in a row below it, and below the margin, before it is over
# margin = 5                   # percentage points

[sentry]                       # without a dsn nothing is sent anywhere
# dsn = { env = "SENTRY_DSN" }
# environment = "production"
# include_hostname = false

# [[notify]]                   # who is on call; one table a channel; pip install 'proximity-tui[notify]'
#   name = "oncall"              # proximity-tui notify test oncall
#   url = { file = "oncall.url" }    # ntfys://…, mailtos://…, gotifys://…, slack://…
#   severities = ["red", "amber"]
#   quiet_hours = "22:00-07:00"  # local time; what waits is sent when they end
#   quiet_severities = ["amber"]     # what waits
#   resolved = true              # also tell the end of each alert that was sent
#   runbook = "https://wiki.example/runbooks/{kind}"

[metrics]                      # Prometheus text format, told by a daemon only
# listen = "127.0.0.1:9221"    # GET /metrics; loopback addresses only
# file = "/var/lib/prometheus/node-exporter/proximity.prom"

[keys]                         # rebinds: action = "key"; ? lists the actions
[aliases]                      # short : commands: prod = "fleet tag:prod"
[views]                        # :view NAME: hot = "fleet cpu:>80 sort:-cpu"
"""
