import type { AlertSpec, SyslogSpec } from './alert.ts';

/** Where an alert goes, in words without a secret: `ops@example.org by mail.example.org:587 (starttls)`, `https://example.org`. */
export function whereOf(via: AlertSpec['via']): string {
  switch (via.kind) {
    case 'email': {
      const { host, port, tls } = via.smtp;
      return `${via.to.join(', ')} by ${hostAndPort(host, port)} (${tls})`;
    }
    case 'http':
      return originOf(via.url);
    case 'syslog': {
      const { address, facility } = via;
      return `${addressText(address)}, ${facility}`;
    }
    case 'command':
      return via.argv[0] ?? '';
  }
}

/** `host:port`, with brackets where the host is an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A URL as far as it is no secret. */
export function originOf(url: string): string {
  const [, scheme = '', authority = ''] = /^([a-z]+:\/\/)([^/?#]*)/i.exec(url) ?? [];
  return `${scheme}${authority.slice(authority.lastIndexOf('@') + 1)}`;
}

/** As it is written in a config: `local`, `udp://loghost:514`. */
export function addressText(address: SyslogSpec['address']): string {
  if (address.transport === 'local') return 'local';
  return `${address.transport}://${hostAndPort(address.host, address.port)}`;
}
