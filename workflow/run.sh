# Snakemake as `make study` and the stages of dvc.yaml call it: targets are the arguments.
# flock gives a lock that no crash leaves behind, so Snakemake's own is not needed. Targets come
# first: after --quiet they would be taken for what is to be quiet.
set -eu
mkdir -p .asymmetry
flock --nonblock --close --conflict-exit-code 9 .asymmetry/lock \
  snakemake "$@" --cores all --nolock --rerun-incomplete --quiet host reason \
  || { status=$?; [ $status != 9 ] || echo "another study is running here"; exit $status; }
