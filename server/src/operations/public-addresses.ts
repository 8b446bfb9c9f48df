import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, isIPv4, type LookupFunction } from 'node:net';

/** IPv4 that is nobody's on the internet: RFC 6890 and its successors; the metadata services of clouds are link-local. */
const RESERVED_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Of global IPv6, what is for documents or for tunnels, which can lead anywhere. */
const RESERVED_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const reserved = new BlockList();
for (const [network, prefix] of RESERVED_IPV4) reserved.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of RESERVED_IPV6) reserved.addSubnet(network, prefix, 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

/** Whether an address is somebody's on the internet; what is no address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (isIPv4(address)) return !reserved.check(address, 'ipv4');
  return global.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
}

/** Told by the name that was looked up: what it led to is nobody's business outside. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/**
 * Looks a host up for a connection that is about to be made, and refuses it where one of its addresses is not public.
 * What was looked up is what is connected to: a name that answers differently a moment later gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    // With an error there are no addresses at all; what is thrown here ends the process.
    const refused = error ?? refusalOf(hostname, addresses);
    const first = refused ? undefined : addresses[0];
    if (refused || !first) callback(refused ?? new PrivateAddress(`${hostname} has no address.`), '');
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

function refusalOf(hostname: string, addresses: readonly LookupAddress[]): PrivateAddress | null {
  return addresses.every(({ address }) => isPublicAddress(address))
    ? null
    : new PrivateAddress(`${hostname} is not an address of the internet.`);
}
