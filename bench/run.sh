#!/usr/bin/env bash
# Runs the benches of a build and prints one table beside the targets: bench/run.sh BUILD_DIR [name] [--json FILE]
# Names: health, webhooks, llm, store, start, knowledge. Builds nothing; script/bench does.
set -euo pipefail

usage() {
  echo "usage: $0 BUILD_DIR [health|webhooks|llm|store|start|knowledge] [--json FILE]" >&2
  exit 2
}

build=${1:-}
[ -d "$build" ] || usage
shift
build=$(cd "$build" && pwd)
names=()
json=
while [ $# -gt 0 ]; do
  case $1 in
    --json) [ $# -ge 2 ] || usage; json=$2; shift ;;
    health | webhooks | llm | store | start | knowledge) names+=("$1") ;;
    *) usage ;;
  esac
  shift
done
[ ${#names[@]} -gt 0 ] || names=(health webhooks llm store start knowledge)

for program in offhook bench/bare_http bench/bare_webhook bench/scripted_upstream "${names[@]/%/_bench}"; do
  case $program in *_bench) program=bench/$program ;; esac
  [ -x "$build/$program" ] || {
    echo "$0: $build/$program is missing; build it with: cmake --build $build --target offhook benches" >&2
    exit 1
  }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in "${names[@]}"; do
  echo "measuring: $name ..." >&2
  peers=()
  [ "$name" = store ] || [ "$name" = knowledge ] || peers+=(--server "$build/offhook")
  [ "$name" != health ] || peers+=(--bare "$build/bench/bare_http")
  if [ "$name" = webhooks ]; then
    peers+=(--bare "$build/bench/bare_webhook")
    if /usr/bin/python3 -c 'import fastapi, uvicorn, uvloop, httptools, sqlalchemy' 2>/dev/null; then
      peers+=(--fastapi "$(dirname "$0")/peers/fastapi_webhook.py")
    else
      echo "without FastAPI, which is not installed (script/bootstrap --bench)" >&2
    fi
  fi
  if [ "$name" = llm ]; then
    peers+=(--upstream "$build/bench/scripted_upstream")
    here=$(cd "$(dirname "$0")" && pwd)
    if /usr/bin/python3 -c 'import fastapi, httpx, uvicorn, uvloop, httptools' 2>/dev/null; then
      peers+=(--fastapi "$here/peers/fastapi_proxy.py")
    else
      echo "without FastAPI and httpx, which are not installed (script/bootstrap --bench)" >&2
    fi
    if [ -d "$here/peers/node_modules/@portkey-ai/gateway" ]; then
      peers+=(--portkey "$here/peers/portkey.mjs")
    else
      echo "without Portkey's gateway, which is not installed (script/bootstrap --bench)" >&2
    fi
  fi
  "$build/bench/${name}_bench" "${peers[@]}" --json "$work/$name.json" --rows "$work/rows" >/dev/null
done

awk -F'|' '
  BEGIN { printf "%-64s %16s   %s\n", "measured", "value", "target" }
  { printf "%-64s %16s   %s\n", $1, $2, $3 }' "$work/rows"

if [ -n "$json" ]; then
  {
    printf '{"machine":{"cores":%s,"load_average":%s},"benches":[' "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
    separator=
    for name in "${names[@]}"; do
      printf '%s' "$separator"
      tr -d '\n' <"$work/$name.json"
      separator=,
    done
    printf ']}\n'
  } >"$json"
fi
