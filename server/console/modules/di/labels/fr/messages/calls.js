export const sentences = {
  'calls.idempotency-key': 'Une Idempotency-Key a de 1 à 255 caractères visibles.',
  'calls.idempotency-key-reused':
    'Cette Idempotency-Key est déjà venue avec une autre requête. Envoyez une nouvelle clé avec une nouvelle requête.',
  'calls.malformed-compression': 'Le corps n’est pas comprimé comme le dit son Content-Encoding.',
  'calls.body-too-large': 'Envoyez moins d’enregistrements par requête.',
  'calls.encoding': 'Envoyez de l’UTF-8, tel quel ou comprimé par gzip.',
  'calls.incomplete-body': 'Le corps s’est terminé avant la longueur annoncée.',
  'calls.invalid-path': 'Le chemin est mal formé.',
  'calls.outcome-unknown':
    'La connexion à la base s’est rompue pendant l’enregistrement : la modification a pu être faite ou non. Renvoyez la même requête ; avec la même Idempotency-Key, elle n’est exécutée qu’une fois.',
  'calls.database-busy': 'La base de données est occupée ou redémarre. Réessayez.',
  'calls.database-full':
    'Le disque de la base est plein ; rien n’a été modifié. Réessayez quand l’exploitant aura fait de la place.',
  'calls.database-read-only':
    'La base n’accepte pas d’écriture en ce moment, par exemple pendant une bascule ; rien n’a été modifié. Réessayez.',
  'calls.unstorable-value': 'La requête contient une valeur que la base ne peut pas contenir.',
  'calls.internal-error': 'L’erreur est journalisée sous l’identifiant de cette réponse.',
  'calls.not-found': 'Introuvable : {what}.',
};
