#!/usr/bin/env bash
# Install the pipeline from the checkout that this file is in, into an environment of its own, with pinned versions.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)

"${PLAN_PYTHON:-python3}" -m venv "$(dirname "$PLAN_PROGRAMS")"
PIP_BUILD_CONSTRAINT="$source/constraints.txt" "$PLAN_PROGRAMS/python" -m pip install --quiet --disable-pip-version-check \
  --constraint "$source/constraints.txt" "$source"
