package dev.tribunal.local.cli.shared;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.local.platform.PlatformException;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.JsonLines.InvalidLinesException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientException;

/** Turns what went wrong into lines for people: what, then each mistake with its place. Never a stack trace. */
public final class Problems {

    /** As Spring writes it: {@code I/O error on GET request for "http://...": ...}. */
    private static final Pattern ADDRESS = Pattern.compile("\"(https?://[^/\"]+)");

    /** What {@link dev.tribunal.servicekit.http.ServiceClients} makes of an answer that is not a problem document. */
    private static final String NOT_A_PROBLEM = "http_";

    private Problems() {}

    public static String render(Throwable problem) {
        return switch (problem) {
            case TribunalException refused -> refused(refused);
            case CommandException command -> "error: " + command.getMessage();
            case InvalidLinesException lines -> "error: " + lines.getMessage();
            case PlatformException platform -> "error: " + platform.getMessage();
            case CheckpointException checkpoint -> "error: " + checkpoint.getMessage();
            case ResourceAccessException unreachable -> unreachable(unreachable);
            case RestClientException strange ->
                "error: the platform's answer cannot be understood: "
                        + message(strange.getMostSpecificCause())
                        + "\nIs that Tribunal's address, and is the platform of the same version as this command line?";
            case UncheckedIOException io when io.getCause() != null -> "error: " + io(io.getCause());
            case IOException io -> "error: " + io(io);
            default ->
                "error: " + problem.getClass().getSimpleName() + ": " + message(problem)
                        + "\nThis is a defect of the command line; run it again with TRIBUNAL_DEBUG=1 to see where.";
        };
    }

    private static String unreachable(ResourceAccessException problem) {
        Matcher address = ADDRESS.matcher(String.valueOf(problem.getMessage()));
        String platform = address.find() ? "the platform at " + address.group(1) : "the platform";
        Throwable cause = problem.getMostSpecificCause();
        return "error: " + platform + " does not answer: "
                + switch (cause) {
                    case UnknownHostException unknown -> "there is no host of that name\nCheck --url or TRIBUNAL_URL.";
                    case ConnectException refused ->
                        message(refused) + "\nIs it still running? Start one with: ./tribunal up";
                    case SSLException ssl ->
                        message(ssl) + "\nIs it https that answers there? Check --url or TRIBUNAL_URL.";
                    case SocketTimeoutException late ->
                        "it took too long\nWhat was asked may still be under way; look with ./tribunal run list.";
                    default ->
                        message(cause)
                                + "\nIs it still running, and is that its address? Start one with: ./tribunal up";
                };
    }

    private static String io(IOException problem) {
        return switch (problem) {
            case NoSuchFileException absent -> "there is no file or folder " + absent.getFile();
            case AccessDeniedException denied -> "you may not read or write " + denied.getFile();
            case FileAlreadyExistsException taken -> taken.getFile() + " exists already";
            case FileSystemException other ->
                other.getFile() + " cannot be used: " + (other.getReason() == null ? other : other.getReason());
            default -> message(problem);
        };
    }

    private static String refused(TribunalException refused) {
        StringBuilder text = new StringBuilder("error: ")
                .append(refused.getMessage())
                .append(" (")
                .append(refused.code().status().value())
                .append(' ')
                .append(refused.code().code())
                .append(')');
        int width = Math.min(
                40,
                Math.max(
                        1,
                        refused.errors().stream()
                                .mapToInt(error -> pointer(error).length())
                                .max()
                                .orElse(1)));
        for (FieldError error : refused.errors()) {
            if (saysIt(refused, error)) {
                continue;
            }
            text.append("\n  ")
                    .append(String.format("%-" + width + "s", pointer(error)))
                    .append("  ")
                    .append(error.detail().replace("\n", "\n    "));
        }
        return text.append(advice(refused)).toString();
    }

    /** Of a single mistake the message often says all there is. */
    private static boolean saysIt(TribunalException refused, FieldError only) {
        return refused.errors().size() == 1
                && String.valueOf(refused.getMessage()).contains(only.detail())
                && String.valueOf(refused.getMessage()).contains(only.pointer());
    }

    private static String advice(TribunalException refused) {
        if (refused.code().status() == HttpStatus.UNAUTHORIZED) {
            return "\n./tribunal up prints its token, and keeps it in the home's file 'token'; give it as TRIBUNAL_TOKEN or"
                    + " with --token.";
        }
        return refused.code().code().startsWith(NOT_A_PROBLEM)
                ? "\nThat is not an answer of Tribunal's: check --url or TRIBUNAL_URL, or the proxy between."
                : "";
    }

    private static String pointer(FieldError error) {
        return error.pointer().isEmpty() ? "(the whole)" : error.pointer();
    }

    private static String message(Throwable problem) {
        String message = problem.getMessage();
        return message == null
                ? problem.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
