import type { RecordKey } from '../people/record-identities.ts';
import type { Asked, ConsentSource } from './consent-rules.ts';

/** Who did something to a consent, as the ledger names them. */
export interface ConsentActor {
  readonly kind: 'operator' | 'user' | 'api-key' | 'person' | 'connection' | 'system';
  readonly id: string | null;
  readonly name: string;
}

/** Something that a person did, or that is told of them, about one opt-in. */
export interface ConsentAct {
  readonly optInId: string;
  readonly identityId: string;
  readonly asked: Asked;
  readonly source: ConsentSource;
  readonly actor: ConsentActor;
  readonly occurredAt: Date;
  readonly pendingUntil: Date | null;
  /** Of two acts of a project with one reference the second one is the first one told again. */
  readonly reference: string | null;
  readonly recordKey: RecordKey | null;
  /** HMAC of the person's address. */
  readonly addressHash: Buffer | null;
  readonly proof: Readonly<Record<string, unknown>> | null;
  readonly note: string | null;
}
