#!/bin/sh
# `heddle` in the image. The long-running commands have bundles of their own, which load nothing else.
here=$(dirname -- "$(readlink -f -- "$0")")
case "${1-}" in
  linker | injector)
    bundle=$1
    shift
    ;;
  *) bundle=heddle ;;
esac
exec node "$here/$bundle.mjs" "$@"
