# How a process of the mesh runs Node: small, because there may be one in every pod. Sourced by what starts one.
#
# One heap for all threads of the C library: V8 compiles in four others, and each keeps what it once needed (12 MB of a
# loaded linker). A young generation of 2 MB, not 16: on the request path little lives longer than a request. Flags that
# change what V8 generates, unlike this one, would make it refuse Node's own compiled code: 25 ms at each start.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
node_flags=--max-semi-space-size=2
