/**
 * The judge {@code instruction-following}: the instruction kinds of IFEval (Zhou et al., arXiv 2311.07911).
 *
 * <p>Input: a completion and the row's {@code instruction_id_list} and {@code kwargs}; output: whether every
 * instruction is followed. {@link dev.tribunal.judge.rules.instruction.InstructionKinds} names the kinds, the classes
 * called after their families hold one method each. The reference checker is written in Python, so what is a space, a
 * word or a capital follows Python ({@link dev.tribunal.judge.rules.instruction.text.PythonText}), sentences and words follow
 * NLTK ({@link dev.tribunal.judge.rules.instruction.text.Sentences}, {@link
 * dev.tribunal.judge.rules.instruction.text.WordTokens}), languages langdetect ({@link
 * dev.tribunal.judge.rules.instruction.language.LanguageDetector}).
 */
@NullMarked
package dev.tribunal.judge.rules.instruction;

import org.jspecify.annotations.NullMarked;
