#!/bin/sh
# Installs locked requirements into .venv with uv. uv does not read pip's configuration, so it is handed on here: who has
# set pip up for a mirror or a certificate needs to do nothing more. Versions are fixed by their hashes, wherever they come from.
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
pip_setting() { "$python" -m pip config get "$1" 2>/dev/null || true; }
hand_on() { # NAME VALUE: set it unless it is set already or empty
  eval "present=\${$1:-}"
  if [ -z "$present" ] && [ -n "$2" ]; then export "$1=$2"; fi
}
hand_on UV_DEFAULT_INDEX "${PIP_INDEX_URL:-$(pip_setting global.index-url)}"
hand_on UV_INDEX "${PIP_EXTRA_INDEX_URL:-$(pip_setting global.extra-index-url | tr '\n' ' ')}"
hand_on UV_FIND_LINKS "$(printf '%s' "${PIP_FIND_LINKS:-$(pip_setting global.find-links)}" | tr ' \n' ',,')"
hand_on UV_NO_INDEX "${PIP_NO_INDEX:-$(pip_setting global.no-index)}"
hand_on UV_INSECURE_HOST "${PIP_TRUSTED_HOST:-$(pip_setting global.trusted-host | tr '\n' ' ')}"
hand_on SSL_CERT_FILE "${PIP_CERT:-$(pip_setting global.cert)}"
hand_on UV_HTTP_TIMEOUT "${PIP_DEFAULT_TIMEOUT:-$(pip_setting global.timeout)}"
export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"
exec .venv/bin/uv pip install --quiet --python "$python" "$@"
