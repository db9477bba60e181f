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
. "$here/node-settings.sh"
exec node $node_flags "$here/$bundle.mjs" "$@"
