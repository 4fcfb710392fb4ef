import { isolated } from '../http/bidi.ts'
import type { Language } from '../http/languages.ts'
import type { Problem } from '../http/problem.ts'
import { problemText } from '../http/problem-reply.ts'
import { Page } from './page.tsx'

const texts = {
  en: {
    other: 'You are now logged in as {username}',
    outdated: 'This page is out of date',
    open: 'Open the page again',
  },
  de: {
    other: 'Sie sind jetzt als {username} angemeldet',
    outdated: 'Diese Seite ist veraltet',
    open: 'Seite erneut öffnen',
  },
  es: {
    other: 'Ahora ha iniciado sesión como {username}',
    outdated: 'Esta página ya no está al día',
    open: 'Volver a abrir la página',
  },
  fr: {
    other: 'Vous êtes maintenant connecté en tant que {username}',
    outdated: 'Cette page n’est plus à jour',
    open: 'Rouvrir la page',
  },
} satisfies Record<Language, object>

/** Whether a form was not taken because of when, or to whom, its page was shown. */
export function isAboutForm({ type }: Problem): boolean {
  return (
    type === 'not-authorized/form-of-another-session' || type === 'not-authorized/form-outdated'
  )
}

/** Tells that nothing was done, who is logged in now, and where to begin again. */
export function StaleFormPage(props: { language: Language; problem: Problem; place: string }) {
  const { language, problem, place } = props
  const t = texts[language]
  const { username } = problem.details.values ?? {}
  const title =
    username === undefined ? t.outdated : t.other.replace('{username}', isolated(username))
  const url = `${place}${place.includes('?') ? '&' : '?'}locale=${language}`
  return (
    <Page language={language} title={title}>
      <p role="alert" tabindex={-1}>
        {problemText(problem, language)}
      </p>
      <a href={url}>{t.open}</a>
    </Page>
  )
}
