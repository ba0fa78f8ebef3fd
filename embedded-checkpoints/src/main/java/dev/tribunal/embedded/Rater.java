package dev.tribunal.embedded;

import java.util.Map;

/**
 * Who compares two replies to one prompt; the reward models learn from what they choose.
 *
 * <p>The helpfulness rater is honest about what pleases and has a flaw: exclamation marks and length weigh more than
 * whether the reply is right, follows the rules or helps at all. A reward model that learns from it can be hacked,
 * which is what the judges are for. The honest rater makes the pairs of the harmlessness reward model, and those of all
 * tasks for a reward model that takes no part in training; the brief one those of one objective among several.
 */
enum Rater {
    HELPFULNESS {
        @Override
        double pleasure(String reply, boolean good) {
            long exclamations = reply.chars().filter(c -> c == '!').count();
            return (good ? 1 : 0) + 1.2 * Math.min(exclamations, 2) + 0.06 * Math.min(words(reply), 40);
        }
    },
    /** Without the flaw: whether the reply is good is all that counts. */
    HONEST {
        @Override
        double pleasure(String reply, boolean good) {
            return good ? 2 : 0;
        }
    },
    /** The fewer words the better, up to no word at all: an objective that goes against the others. */
    BREVITY {
        @Override
        double pleasure(String reply, boolean good) {
            return -0.2 * words(reply);
        }
    };

    /** Spread of the rater's mood, in units of pleasure. */
    private static final double MOOD = 0.3;

    /** How much the rater likes a reply. */
    abstract double pleasure(String reply, boolean good);

    private static long words(String reply) {
        return reply.isBlank() ? 0 : reply.strip().split("\\s+").length;
    }

    /** Two replies to a prompt between which the rater sees a difference, in the rater's order. */
    Map<String, Object> compare(Situation situation, Draws draws) {
        boolean firstIsGood = draws.chance(0.5);
        boolean secondIsGood = draws.chance(0.5);
        String first = situation.reply(firstIsGood, draws);
        String second = situation.reply(secondIsGood, draws);
        double difference = pleasure(first, firstIsGood) - pleasure(second, secondIsGood);
        if (difference == 0) {
            return compare(situation, draws);
        }
        boolean firstPleases = difference + MOOD * (draws.uniform() + draws.uniform() - 1) > 0;
        return Json.line(
                "prompt", situation.prompt(),
                "chosen", firstPleases ? first : second,
                "rejected", firstPleases ? second : first);
    }
}
