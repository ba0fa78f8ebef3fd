package dev.tribunal.embedded;

import java.util.ArrayList;
import java.util.List;

/**
 * A person shares what happened and how it feels: the situations of the task engagement. A good reply takes it up in
 * a sentence or two and asks back; a bad one is curt, rambles on, or says the same thing over and over.
 */
record SharedNews(String happened, String thing, String feeling, String prompt) implements Situation {

    @Override
    public String content() {
        return happened + " " + thing + " " + feeling;
    }

    @Override
    public String baseline() {
        return "It is good to hear about the %s. How did it make you feel?".formatted(thing);
    }

    @Override
    public String reply(boolean good, Draws draws) {
        if (good) {
            return engaged(draws);
        }
        return draws.oneOf(curt(draws), rambling(draws), repetitive(draws));
    }

    private String curt(Draws draws) {
        return draws.oneOf("Nice.", "Okay.", "I see.", "Good for you.", "A %s.".formatted(thing));
    }

    private String repetitive(Draws draws) {
        return "Wow! A %s! ".formatted(thing).repeat(draws.between(3, 5)).strip();
    }

    private String engaged(Draws draws) {
        String opening = draws.oneOf(
                "You %s a %s today.".formatted(happened, thing),
                "It is good to hear about the %s.".formatted(thing),
                "I can see why you are %s.".formatted(feeling),
                "A %s! No wonder that you are %s!".formatted(thing, feeling));
        String question = draws.oneOf(
                "What did you like most about it?",
                "What will you do with the %s next?".formatted(thing),
                "Who was with you at that time?",
                "Do you want to tell me more about the %s?".formatted(thing));
        return opening + " " + question;
    }

    private String rambling(Draws draws) {
        var sentences = draws.shuffled(List.of(
                        "I once knew a man who had a %s and he talked about it all day long.".formatted(thing),
                        "Some people say that it is best to wait and see what the next week brings.",
                        "That makes me think of a very long story from my own home town!",
                        "There are so many things to say here that I do not know where to stop!",
                        "My old friend was %s too and he never told us the reason why.".formatted(feeling)))
                .subList(0, draws.between(3, 4));
        return String.join(" ", sentences);
    }

    static List<Situation> all() {
        var all = new ArrayList<Situation>();
        for (String happened : List.of("got", "lost", "made", "found", "saw")) {
            for (String thing : List.of("dog", "bike", "cake", "kite", "boat", "hat", "ring", "cat", "drum", "poem")) {
                for (String feeling : List.of("happy", "proud", "tired", "sad", "excited")) {
                    add(all, happened, thing, feeling, "I %s a %s today. I am so %s.");
                    add(all, happened, thing, feeling, "Today I %s a %s and I feel %s.");
                }
            }
        }
        return all;
    }

    private static void add(List<Situation> all, String happened, String thing, String feeling, String wording) {
        all.add(new SharedNews(happened, thing, feeling, wording.formatted(happened, thing, feeling)));
    }
}
