import type { Language } from '../../pages/language.ts';
import type { Sample } from './sample-code.ts';

export const sampleCodeWords: Readonly<
  Record<Language, { title: string; lead: string; of: Readonly<Record<Sample['about'], string>> }>
> = {
  en: {
    title: 'Sample code',
    lead: 'It has the values of this app in it.',
    of: {
      browserStart: 'In the browser: the page at the launch address (fhirclient)',
      browserReady: 'In the browser: the page at the redirect address (fhirclient)',
      node: 'On a server: Node with openid-client',
      nodeService: 'Node with openid-client',
      curl: 'On the command line: curl',
    },
  },
  fr: {
    title: 'Code d’exemple',
    lead: 'Les valeurs de cette application y figurent.',
    of: {
      browserStart: 'Dans le navigateur : la page à l’adresse de démarrage (fhirclient)',
      browserReady: 'Dans le navigateur : la page à l’adresse de retour (fhirclient)',
      node: 'Sur un serveur : Node avec openid-client',
      nodeService: 'Node avec openid-client',
      curl: 'En ligne de commande : curl',
    },
  },
};
