package dev.tribunal.mathanswers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Units of measure, as far as answers need them: which are the same kind, and how many of one make another. */
final class Units {

    static final String PERCENT = "%";

    private record Unit(String kind, Fraction size) {}

    private static final Map<String, Unit> UNITS = new HashMap<>();

    static {
        length("1/1000", "mm", "millimeter", "millimetre");
        length("1/100", "cm", "centimeter", "centimetre");
        length("1/10", "dm", "decimeter", "decimetre");
        length("1", "m", "meter", "metre");
        length("1000", "km", "kilometer", "kilometre");
        length("254/10000", "in", "inch", "inches");
        length("3048/10000", "ft", "foot", "feet");
        length("9144/10000", "yd", "yard");
        length("1609344/1000", "mi", "mile");
        add("mass", "1/1000000", "mg", "milligram");
        add("mass", "1/1000", "g", "gram");
        add("mass", "1", "kg", "kilogram");
        add("mass", "1000", "tonne");
        add("mass", "45359237/100000000", "lb", "lbs", "pound");
        add("mass", "45359237/1600000000", "oz", "ounce");
        add("time", "1", "s", "sec", "second");
        add("time", "60", "min", "minute");
        add("time", "3600", "h", "hr", "hour");
        add("time", "86400", "d", "day");
        add("time", "604800", "week");
        add("volume", "1/1000", "ml", "milliliter", "millilitre");
        add("volume", "1", "l", "liter", "litre");
        add("money", "1/100", "cent");
        add("money", "1", "dollar", "usd");
        add("angle", "1", "degree", "deg");
        add("rank", "1", "st", "nd", "rd", "th");
    }

    private Units() {}

    private static void length(String size, String... names) {
        add("length", size, names);
        Fraction value = fraction(size);
        for (String name : names) {
            for (String joined : List.of(name + "^2", name + "2", "square " + name, "sq " + name)) {
                put(joined, new Unit("area", value.times(value)));
            }
            for (String joined : List.of(name + "^3", name + "3", "cubic " + name)) {
                put(joined, new Unit("space", value.power(3)));
            }
        }
    }

    private static void add(String kind, String size, String... names) {
        for (String name : names) {
            put(name, new Unit(kind, fraction(size)));
        }
    }

    private static void put(String name, Unit unit) {
        UNITS.put(name, unit);
        if (name.length() > 2 && !name.endsWith("s") && Character.isLetter(name.charAt(name.length() - 1))) {
            UNITS.put(name + "s", unit);
        }
    }

    private static Fraction fraction(String size) {
        String[] parts = size.split("/", 2);
        return Fraction.of(Long.parseLong(parts[0]))
                .over(Fraction.of(parts.length == 2 ? Long.parseLong(parts[1]) : 1));
    }

    /** Whether letters right behind a number are a unit, not a product of variables. */
    static boolean known(String letters) {
        return letters.length() > 1 && UNITS.containsKey(letters.toLowerCase(Locale.ROOT));
    }

    /** Whether it is a unit of one letter, which may also be a variable. */
    static boolean letter(String letter) {
        return letter.length() == 1 && UNITS.containsKey(letter);
    }

    static boolean percent(@Nullable String unit) {
        return unit != null && (unit.equals(PERCENT) || unit.equals("percent") || unit.equals("per cent"));
    }

    /** The unit's name in the singular, without what only says of what it is one. */
    static String canonical(String words) {
        return words.toLowerCase(Locale.ROOT)
                .replaceAll("\\s+", " ")
                .replaceAll("\\s*\\^\\s*", "^")
                .strip();
    }

    /**
     * How many of {@code to} one {@code from} is. Null where that cannot be said, as of apples and pears: there the
     * numbers alone count.
     *
     * @throws Unreadable if they measure different things
     */
    static @Nullable Fraction ratio(@Nullable String from, @Nullable String to) {
        Unit a = from == null ? null : UNITS.get(from);
        Unit b = to == null ? null : UNITS.get(to);
        if (a == null || b == null) {
            return null;
        }
        if (!a.kind().equals(b.kind())) {
            throw new Unreadable(from + " measure another thing than " + to);
        }
        return a.size().over(b.size());
    }
}
