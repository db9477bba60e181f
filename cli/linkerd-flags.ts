/**
 * Command lines written for `linkerd` and `namerd`, as ours: one dash before flags (`-validate`, `-log.level=DEBUG`),
 * and flags of the JVM's libraries (`-com.twitter.finagle.…=…`), which mean nothing here and are dropped. Without a
 * command, as containers of Linkerd have it, flags and a file are for the linker.
 */
export function fromLinkerdFlags(argv: readonly string[]): string[] {
  if (argv[0] !== undefined && forLinkerd.test(argv[0])) return fromLinkerdFlags(['linker', ...argv]);
  const [command, ...rest] = argv;
  if (command === undefined || !processes.has(command)) return [...argv];
  const end = rest.indexOf('--');
  const flags = end < 0 ? rest : rest.slice(0, end);
  return [command, ...flags.flatMap(translated), ...rest.slice(flags.length)];
}

/** A path, standard input, or a flag that only Linkerd has: no word that begins one of our own command lines. */
const forLinkerd = /^-$|^-(validate|log\.level|(com|io)\.)|^[^-].*(\/|\.(ya?ml|json)$)|^\//;

const processes = new Set(['linker', 'namerd']);

function translated(word: string): string[] {
  if (/^-(com|io)\.[\w.]+/.test(word)) return [];
  const [, name, value = ''] = /^-(validate|help|log\.level)(=.*)?$/.exec(word) ?? [];
  return name === undefined ? [word] : [`--${name.replace('.', '-')}${value}`];
}
