/**
 * Judges that ask a language model: {@code safety}, {@code false-refusal}, {@code factuality}.
 *
 * <p>Input: a prompt and its completion, written into a versioned {@link dev.tribunal.judge.llm.JudgeTemplate};
 * output: the probability of the template's satisfied token against its violated token, from one forward pass
 * (CGPO, arXiv 2409.20370, appendix B).
 */
@NullMarked
package dev.tribunal.judge.llm;

import org.jspecify.annotations.NullMarked;
