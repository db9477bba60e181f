/** The pages and answers that each page points to. */
export const links = [
  ['/', 'traffic'],
  ['/delegator', 'names'],
  ['/admin/metrics.json?pretty=true', 'metrics'],
  ['/config.json', 'configuration'],
  ['/logging', 'logging'],
  ['/help', 'help'],
] as const;
