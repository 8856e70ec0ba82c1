# Snakemake as `make study` and the stages of dvc.yaml call it: targets are the arguments.
# flock gives a lock that no crash leaves behind, so Snakemake's own is not needed. Targets come
# first: after --quiet they would be taken for what is to be quiet.
# What a kill left is whole, as all is written atomically; made again, it would hide what is missing
# behind it from Snakemake.
set -eu
mkdir -p .asymmetry
# Snakemake keeps copies of sources in the user's cache, which containers and nodes may not let it.
mkdir -p "${XDG_CACHE_HOME:-${HOME:-/}/.cache}/snakemake" 2> /dev/null \
  || export XDG_CACHE_HOME="$PWD/.asymmetry/cache"
flock --nonblock --close --conflict-exit-code 9 .asymmetry/lock \
  snakemake "$@" --cores all --nolock --ignore-incomplete --quiet host reason \
  || { status=$?; [ $status != 9 ] || echo "another study is running here"; exit $status; }
