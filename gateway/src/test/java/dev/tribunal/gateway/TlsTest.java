package dev.tribunal.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** TLS with a key and a certificate of one's own, as {@code gateway.yml} says how. */
class TlsTest extends RunningGateway {

    private static final String PASSWORD = "changeit";
    private static final Path FOLDER = folder();
    private static final KeyStore STORE = selfSigned();

    @DynamicPropertySource
    static void tls(DynamicPropertyRegistry registry) throws Exception {
        Path certificate = pem("CERTIFICATE", STORE.getCertificate("gateway").getEncoded());
        PrivateKey secret = (PrivateKey) STORE.getKey("gateway", PASSWORD.toCharArray());
        Path key = pem("PRIVATE KEY", secret.getEncoded());
        registry.add("spring.ssl.bundle.pem.gateway.keystore.certificate", () -> "file:" + certificate);
        registry.add("spring.ssl.bundle.pem.gateway.keystore.private-key", () -> "file:" + key);
        registry.add("server.ssl.bundle", () -> "gateway");
    }

    @Test
    void whoTrustsTheCertificateIsServedAndNobodyElse() throws Exception {
        URI runs = URI.create(uri("/v1/runs").toString().replace("http:", "https:"));
        HttpRequest request = HttpRequest.newBuilder(runs)
                .header("Authorization", "Bearer " + TOKEN)
                .build();

        try (HttpClient trusting =
                HttpClient.newBuilder().sslContext(trusting()).build()) {
            HttpResponse<String> answer = trusting.send(request, BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.sslSession().orElseThrow().getProtocol()).isEqualTo("TLSv1.3");
        }
        assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                .isInstanceOf(SSLHandshakeException.class);
        assertThat(raw("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .doesNotContain("UP");
    }

    private static SSLContext trusting() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(STORE);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("tls");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static KeyStore selfSigned() {
        Path file = FOLDER.resolve("gateway.p12");
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "gateway",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "SAN=IP:127.0.0.1,DNS:localhost",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            PASSWORD,
                            "-keystore",
                            file.toString())
                    .inheritIO()
                    .start();
            assertThat(keytool.waitFor()).isZero();
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream bytes = Files.newInputStream(file)) {
                store.load(bytes, PASSWORD.toCharArray());
            }
            return store;
        } catch (Exception e) {
            throw new IllegalStateException("no certificate", e);
        }
    }

    private static Path pem(String what, byte[] der) throws Exception {
        Path file = FOLDER.resolve(what.toLowerCase(java.util.Locale.ROOT).replace(' ', '-') + ".pem");
        return Files.writeString(
                file,
                "-----BEGIN " + what + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what
                        + "-----\n");
    }
}
