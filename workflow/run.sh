# Snakemake as `make study` and the stages of dvc.yaml call it: targets are the arguments.
# The lock of flock ends with the process, so Snakemake's own, which outlives a crash, is not needed.
# Targets come first: after --quiet they would be read as what is to be quiet.
# --ignore-incomplete: all is written atomically, so what a killed start left is whole. Made again, it
# would hide from Snakemake what is missing before it.
set -eu
mkdir -p .asymmetry
# Snakemake keeps copies of sources in the user's cache, which containers and nodes may not let it.
mkdir -p "${XDG_CACHE_HOME:-${HOME:-/}/.cache}/snakemake" 2> /dev/null \
  || export XDG_CACHE_HOME="$PWD/.asymmetry/cache"
flock --nonblock --close --conflict-exit-code 9 .asymmetry/lock \
  snakemake "$@" --cores all --nolock --ignore-incomplete --quiet host reason \
  || { status=$?; [ $status != 9 ] || echo "another study is running here"; exit $status; }
