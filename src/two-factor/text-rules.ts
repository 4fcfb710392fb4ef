/** Limits on text messages, against fraud with premium numbers at the operator's cost. */
export interface TextRules {
  /** ISO 3166-1 codes; null for all countries. */
  countries: string[] | null
  /** Text messages that a site may cause in 24 hours. */
  aDayFromSite: number
}
