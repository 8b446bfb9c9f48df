import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { ApexBlob } from '../values/dates.ts';
import { textHash } from '../values/equality.ts';
import { platformException, throwNull, throwPlatform } from '../values/exception.ts';
import { PlatformObject } from '../values/instance.ts';
import type { ApexValue } from '../values/object.ts';
import { platformClass } from './registry.ts';

const bytes = (blob: ApexBlob | null): Buffer => (blob ?? throwNull()).bytes;

platformClass({
  name: 'System.EncodingUtil',
  statics: {
    'base64Encode/1': (blob: ApexBlob | null) => bytes(blob).toString('base64'),
    'base64Decode/1': (text: string | null) => new ApexBlob(Buffer.from(text ?? throwNull(), 'base64')),
    'convertToHex/1': (blob: ApexBlob | null) => bytes(blob).toString('hex'),
    'convertFromHex/1': (text: string | null) => new ApexBlob(Buffer.from(text ?? throwNull(), 'hex')),
    'urlEncode/2': (text: string | null) =>
      encodeURIComponent(text ?? throwNull())
        .replace(/%20/g, '+')
        .replace(/[!'()~]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`),
    'urlDecode/2': (text: string | null) => decodeURIComponent((text ?? throwNull()).replace(/\+/g, ' ')),
  },
});

const DIGESTS: Readonly<Record<string, string>> = {
  md5: 'md5',
  sha1: 'sha1',
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  sha256: 'sha256',
  'sha-512': 'sha512',
  sha512: 'sha512',
  'sha3-256': 'sha3-256',
  'sha3-384': 'sha3-384',
  'sha3-512': 'sha3-512',
};

function noSuchAlgorithm(name: string | null): never {
  throwPlatform('System.NoSuchAlgorithmException', `No such algorithm: ${name ?? ''}`);
}

const digest = (name: string | null): string =>
  DIGESTS[(name ?? throwNull()).toLowerCase().replace(/^hmac/, '')] ?? noSuchAlgorithm(name);

/** `AES256` with a key of 32 bytes, and so on. */
function cipher(name: string | null, key: ApexBlob | null): string {
  const size = /^AES(128|192|256)$/i.exec(name ?? throwNull())?.[1];
  if (size === undefined)
    throwPlatform(
      'System.InvalidParameterValueException',
      `Invalid algorithm ${name ?? ''}. Must be AES128, AES192, or AES256.`,
    );
  if (bytes(key).length * 8 !== Number(size))
    throwPlatform(
      'System.InvalidParameterValueException',
      `Invalid private key. Must be ${Number(size) / 8} bytes.`,
    );
  return `aes-${size}-cbc`;
}

function vectorOf(vector: ApexBlob | null): Buffer {
  if (bytes(vector).length !== 16)
    throwPlatform(
      'System.InvalidParameterValueException',
      'Invalid initialization vector. Must be 16 bytes.',
    );
  return bytes(vector);
}

function seal(name: string, key: ApexBlob, vector: Buffer, clear: ApexBlob | null): Buffer {
  const machine = createCipheriv(cipher(name, key), bytes(key), vector);
  return Buffer.concat([machine.update(bytes(clear)), machine.final()]);
}

function open(name: string, key: ApexBlob, vector: Buffer, sealed: Buffer): ApexBlob {
  if (sealed.length === 0 || sealed.length % 16 !== 0)
    throwPlatform(
      'System.SecurityException',
      'Input length must be multiple of 16 when decrypting with padded cipher',
    );
  const machine = createDecipheriv(cipher(name, key), bytes(key), vector);
  try {
    return new ApexBlob(Buffer.concat([machine.update(sealed), machine.final()]));
  } catch {
    throw platformException(
      'System.SecurityException',
      'Given final block not properly padded. Such issues can arise if a bad key is used during decryption.',
    );
  }
}

/** `RSA-SHA256`, `ECDSA-SHA384` …: the digest. RSA alone is RSA-SHA1. */
function signatureDigest(name: string | null): string {
  const found = /^(?:RSA|ECDSA)(?:-?SHA-?(1|256|384|512))?$/i.exec(name ?? throwNull());
  return found ? `sha${found[1] ?? '1'}` : noSuchAlgorithm(name);
}

function keyFrom<T>(make: () => T): T {
  try {
    return make();
  } catch {
    return throwPlatform('System.SecurityException', 'Invalid key');
  }
}

platformClass({
  name: 'System.Crypto',
  statics: {
    'generateDigest/2': (name: string | null, input: ApexBlob | null) =>
      new ApexBlob(createHash(digest(name)).update(bytes(input)).digest()),
    'generateMac/3': (name: string | null, input: ApexBlob | null, key: ApexBlob | null) =>
      new ApexBlob(createHmac(digest(name), bytes(key)).update(bytes(input)).digest()),
    'verifyHmac/4': (name: string, input: ApexBlob, key: ApexBlob, mac: ApexBlob) => {
      const expected = createHmac(digest(name), bytes(key)).update(bytes(input)).digest();
      return expected.length === bytes(mac).length && timingSafeEqual(expected, bytes(mac));
    },
    'generateAesKey/1': (size: number) => {
      if (![128, 192, 256].includes(size))
        throwPlatform('System.InvalidParameterValueException', 'Invalid key size. Must be 128, 192, or 256.');
      return new ApexBlob(randomBytes(size / 8));
    },
    'getRandomInteger/0': () => randomBytes(4).readInt32BE(),
    'getRandomLong/0': () => randomBytes(8).readBigInt64BE(),
    'encrypt/4': (name: string, key: ApexBlob, vector: ApexBlob, clear: ApexBlob) =>
      new ApexBlob(seal(name, key, vectorOf(vector), clear)),
    'decrypt/4': (name: string, key: ApexBlob, vector: ApexBlob, sealed: ApexBlob) =>
      open(name, key, vectorOf(vector), bytes(sealed)),
    'encryptWithManagedIV/3': (name: string, key: ApexBlob, clear: ApexBlob) => {
      const vector = randomBytes(16);
      return new ApexBlob(Buffer.concat([vector, seal(name, key, vector, clear)]));
    },
    'decryptWithManagedIV/3': (name: string, key: ApexBlob, sealed: ApexBlob) => {
      const all = bytes(sealed);
      if (all.length < 32)
        throwPlatform('System.InvalidParameterValueException', 'Invalid encrypted data: it is too short.');
      return open(name, key, all.subarray(0, 16), all.subarray(16));
    },
    'sign/3': (name: string | null, input: ApexBlob | null, key: ApexBlob | null) => {
      const made = keyFrom(() => createPrivateKey({ key: bytes(key), format: 'der', type: 'pkcs8' }));
      return new ApexBlob(sign(signatureDigest(name), bytes(input), made));
    },
    'verify(System.String,System.Blob,System.Blob,System.Blob)': (
      name: string,
      input: ApexBlob,
      signature: ApexBlob,
      key: ApexBlob,
    ) => {
      const made = keyFrom(() => createPublicKey({ key: bytes(key), format: 'der', type: 'spki' }));
      return verify(signatureDigest(name), bytes(input), made, bytes(signature));
    },
  },
});

class Uuid extends PlatformObject {
  readonly text: string;
  constructor(text: string) {
    super('System.UUID');
    this.text = text;
  }
  contentKey(): string {
    return `uuid:${this.text}`;
  }
  toJson(): string {
    return this.text;
  }
  override toString(): string {
    return this.text;
  }
}
platformClass({
  name: 'System.UUID',
  statics: {
    'randomUUID/0': () => new Uuid(randomUUID()),
    'fromString/1': (text: string | null) => {
      const wanted = text ?? throwNull();
      if (!/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(wanted))
        throwPlatform('System.IllegalArgumentException', `Invalid UUID string: ${wanted}`);
      return new Uuid(wanted.toLowerCase());
    },
  },
  methods: {
    'toString/0': (uuid: Uuid) => uuid.text,
    'hashCode/0': (uuid: Uuid) => textHash(uuid.text),
    'equals/1': (uuid: Uuid, other: ApexValue) => other instanceof Uuid && other.text === uuid.text,
  },
});
