package dev.tribunal.chattemplate.rendering;

import dev.tribunal.chattemplate.value.Failure;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} in the C locale, without a time zone. */
final class Strftime {

    private Strftime() {}

    static String format(LocalDateTime time, String format) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            c = format.charAt(++i);
            boolean unpadded = c == '-' && i + 1 < format.length();
            c = unpadded ? format.charAt(++i) : c;
            String field = field(time, c, format);
            text.append(unpadded ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
        }
        return text.toString();
    }

    private static String field(LocalDateTime time, char directive, String format) {
        return switch (directive) {
            case '%' -> "%";
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> pattern(time, "MMM");
            case 'B' -> pattern(time, "MMMM");
            case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
            case 'd' -> pattern(time, "dd");
            case 'D', 'x' -> pattern(time, "MM/dd/yy");
            case 'e' -> "%2d".formatted(time.getDayOfMonth());
            case 'f' -> "%06d".formatted(time.get(ChronoField.MICRO_OF_SECOND));
            case 'F' -> pattern(time, "yyyy-MM-dd");
            case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
            case 'H' -> pattern(time, "HH");
            case 'I' -> pattern(time, "hh");
            case 'j' -> pattern(time, "DDD");
            case 'm' -> pattern(time, "MM");
            case 'M' -> pattern(time, "mm");
            case 'p' -> time.getHour() < 12 ? "AM" : "PM";
            case 'R' -> pattern(time, "HH:mm");
            case 'S' -> pattern(time, "ss");
            case 'T', 'X' -> pattern(time, "HH:mm:ss");
            case 'u' -> Integer.toString(time.get(ChronoField.DAY_OF_WEEK));
            case 'V' -> "%02d".formatted(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'w' -> Integer.toString(time.get(ChronoField.DAY_OF_WEEK) % 7);
            case 'y' -> pattern(time, "yy");
            case 'Y' -> Integer.toString(time.getYear());
            case 'z', 'Z' -> "";
            default -> throw new Failure("strftime_now does not support %" + directive + " in '" + format + "'");
        };
    }

    private static String pattern(LocalDateTime time, String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
