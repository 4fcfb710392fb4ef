import type { Problem } from '../http/problem.ts'

/** Whether a login was refused for want of a new password, or for what is wrong with it. */
export function isAboutNewPassword(problem: Problem | undefined): boolean {
  return (
    problem?.type === 'not-authorized/password-change-required' ||
    problem?.type === 'processing-failure/model-save-error'
  )
}
