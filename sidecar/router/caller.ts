/** One end of a connection: a numeric address, IPv6 without brackets. */
export interface End {
  readonly ip: string;
  readonly port: number;
}

/** Who sends the requests of one connection. */
export interface Caller {
  readonly end: End;
  /** The address of ours that it came to. */
  readonly local: End;
  readonly encrypted: boolean;
  /** The certificate it proved itself with, as `x-forwarded-client-cert` has it; '' for none. */
  readonly certificate: string;
}

/** `127.0.0.1:4711`, `[::1]:4711`. */
export function showEnd({ ip, port }: End): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}
