/**
 * An engine on a server that speaks the Tinker API, which samples and trains: what such servers do differently from one
 * another, and what they get wrong, ends here.
 *
 * <p>Input: token sequences and slopes of losses, through {@link dev.tribunal.languagemodel.LanguageModel}. Output: requests
 * to the server, and adapters that it trained as PEFT's files. What it waits for is told to a
 * {@link dev.tribunal.trainer.journal.RunJournal}.
 */
@NullMarked
package dev.tribunal.trainer.tinker;

import org.jspecify.annotations.NullMarked;
