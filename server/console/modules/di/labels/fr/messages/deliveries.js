export const sentences = {
  'deliveries.tried': 'Essayé {times} fois. {reason}',
  'deliveries.record-deleted':
    'L’enregistrement a été supprimé dans Salesforce, et aucun autre n’est trouvé pour la ligne. Elle est envoyée quand il en vient un ; renvoyer en crée un, si l’intégration crée des enregistrements. Salesforce : {said}',
  'deliveries.no-record':
    'La personne s’est désinscrite, et Salesforce n’a pas d’enregistrement à qui le dire : la désinscription est envoyée dès qu’il en vient un.',
  'deliveries.nobody-left':
    'La personne s’est désinscrite, et n’a ni ligne ni enregistrement dans Salesforce : la désinscription est envoyée dès qu’un enregistrement vient.',
  'deliveries.merged':
    'L’enregistrement {object} de la ligne a été fusionné dans Salesforce avec {successor}, qui est celui d’une autre ligne : les désinscriptions y sont envoyées, les autres valeurs de la ligne non. Supprimez l’une des deux lignes, ou abandonnez cet envoi.',
  'deliveries.not-kept':
    'Salesforce a enregistré {record} et {field} vaut à nouveau {value} : un déclencheur, un flux ou un utilisateur de Salesforce l’a remis. Changez cela, puis renvoyez.',
  'deliveries.stopped': '{reason} Ce qui attend est envoyé quand l’intégration est réactivée.',
  'deliveries.many-dead':
    '{count} envois de {integration} ou plus ont été abandonnés. Leurs raisons figurent avec eux ; renvoyez-les ou abandonnez-les.',
  'deliveries.no-lookup-value':
    'La ligne n’a pas la valeur qui sert à chercher son enregistrement : aucun n’est donc créé pour elle.',
  'deliveries.of-another-row':
    'L’enregistrement {object} où {field} vaut {value} est celui dont vient une autre ligne : l’un des deux vient de changer. Il est cherché de nouveau.',
  'deliveries.of-another-object':
    'La ligne est désormais un enregistrement d’un autre objet, et l’intégration de celui-ci ne l’a pas encore envoyée. Elle est envoyée à {object} si la ligne revient avant.',
  'deliveries.several-records':
    '{count} enregistrements {object} ont {value} dans {field} : on ne sait pas lequel est celui de la ligne. L’envoi part dès que l’un d’eux prend la ligne. Sinon, fusionnez-les, cherchez par un autre champ, ou laissez le consentement les atteindre tous.',
  'deliveries.not-active': 'L’intégration n’est pas active ({status}).',
  'deliveries.one-dead': 'Un envoi a été abandonné ; voyez sa raison.',
  'deliveries.dead': '{count} envois ont été abandonnés ; voyez leurs raisons.',
};
