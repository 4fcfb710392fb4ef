/** What guards against texts at the operator's cost: to numbers that pay who asks for them. */
export interface TextRules {
  /** ISO 3166-1 codes; null for all. */
  countries: string[] | null
  /** How many texts a site may cause in 24 hours. */
  aDayFromSite: number
}
