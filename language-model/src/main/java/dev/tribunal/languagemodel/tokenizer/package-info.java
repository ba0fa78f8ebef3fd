/**
 * Text to token ids and back, and conversations to text.
 *
 * <p>Input: {@code tokenizer.json}, {@code tokenizer_config.json} and the chat template of a checkpoint. Output: a
 * {@link dev.tribunal.languagemodel.ChatTokenizer}. The templates' language is the package {@code template}.
 */
@NullMarked
package dev.tribunal.languagemodel.tokenizer;

import org.jspecify.annotations.NullMarked;
