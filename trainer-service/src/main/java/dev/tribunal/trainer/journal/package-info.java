/**
 * What a run writes while it trains, and what may stop it: {@link dev.tribunal.trainer.journal.RunJournal} is all that
 * training knows of the database.
 */
@NullMarked
package dev.tribunal.trainer.journal;

import org.jspecify.annotations.NullMarked;
