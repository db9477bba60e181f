#!/bin/sh
# `heddle` of a build and in the image. The long-running commands have bundles of their own, which load nothing else.
self=$0
[ -L "$self" ] && self=$(readlink -f -- "$self")
here=${self%/*}
case "${1-}" in
  linker | injector)
    bundle=$1
    shift
    ;;
  *) bundle=heddle ;;
esac
# What V8 compiled in one run is there for the next, wherever the folder is moved: 25 ms of a linker's start.
export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE:-$here/cache}" NODE_COMPILE_CACHE_PORTABLE=1
. "$here/node-settings.sh"
exec node $node_flags "$here/$bundle.cjs" "$@"
