/**
 * Texts as the reference checker's libraries see them. Input: a completion; output: its characters, words, sentences and
 * paragraphs by Python's and NLTK's rules.
 */
@NullMarked
package dev.tribunal.judge.rules.instruction.text;

import org.jspecify.annotations.NullMarked;
