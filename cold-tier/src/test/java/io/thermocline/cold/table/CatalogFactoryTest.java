package io.thermocline.cold.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.thermocline.cold.CatalogSettings;
import io.thermocline.cold.store.ObjectStores;
import io.thermocline.cold.store.StoreFileIO;
import io.thermocline.cold.store.StoreSettings;
import io.thermocline.model.ErrorKind;
import io.thermocline.model.ThermoclineException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a catalog is opened with, beside what the settings say. */
final class CatalogFactoryTest {
  @TempDir Path directory;
  private final DownDriver driver = new DownDriver();

  @BeforeEach
  void register() throws SQLException {
    DriverManager.registerDriver(driver);
  }

  @AfterEach
  void deregister() throws SQLException {
    DriverManager.deregisterDriver(driver);
  }

  @Test
  void aDatabaseThatNeverAnswersIsGivenUp() {
    var unused = open(Map.of("jdbc.user", "lake"));

    assertThat(driver.asked)
        .containsEntry("user", "lake")
        .containsEntry("connectTimeout", "5")
        .containsEntry("socketTimeout", "30");
  }

  @Test
  void whoeverSetsTheDeadlinesOfADatabaseHasThem() {
    var unused = open(Map.of("jdbc.socketTimeout", "7"));

    assertThat(driver.asked).containsEntry("socketTimeout", "7");
  }

  @Test
  void aPasswordInTheAddressReachesTheDriverAndNoMessage() {
    ThermoclineException down =
        open(Map.of("uri", "jdbc:postgresql://db.example/lake?user=u&password=can%2Fary&ssl=true"));

    assertThat(driver.asked).containsEntry("password", "can/ary");
    assertThat(driver.address).isEqualTo("jdbc:postgresql://db.example/lake?user=u&ssl=true");
    for (Throwable cause = down; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain("ary");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/d,                 jdbc:postgresql://h/d,           ''",
    "jdbc:postgresql://h/d?ssl=true,        jdbc:postgresql://h/d?ssl=true,  ''",
    "jdbc:postgresql://h/d?password=p,      jdbc:postgresql://h/d,           password=p",
    "jdbc:postgresql://h/d?password=p%,     jdbc:postgresql://h/d,           password=p%",
    "jdbc:p://h/d?a=1&sslPassword=p&b=2,    jdbc:p://h/d?a=1&b=2,            sslPassword=p",
    "jdbc:mysql://u:p@h/d?a=1,              jdbc:mysql://h/d?a=1,            user=u password=p",
    "jdbc:sqlserver://h;user=u;password=p,  jdbc:sqlserver://h;user=u,       password=p",
    "jdbc:sqlite:/lake.db,                  jdbc:sqlite:/lake.db,            ''",
  })
  void whatIsSecretInAnAddressIsTakenOutOfIt(String uri, String printed, String secrets) {
    DatabaseAddress address = DatabaseAddress.of(uri);
    assertThat(address.uri()).isEqualTo(printed);
    assertThat(address).hasToString(printed);
    assertThat(
            address.secrets().entrySet().stream()
                .map(Map.Entry::toString)
                .collect(Collectors.joining(" ")))
        .isEqualTo(secrets);
  }

  private ThermoclineException open(Map<String, String> more) {
    Map<String, String> properties = new HashMap<>(more);
    properties.putIfAbsent("uri", "jdbc:postgresql://db.example/lake");
    StoreFileIO io =
        new StoreFileIO(
            ObjectStores.open(
                StoreSettings.of(directory.toUri()),
                new SimpleMeterRegistry(),
                InstantSource.system()));
    CatalogFactory factory =
        new CatalogFactory(
            new CatalogSettings(CatalogSettings.JDBC, properties), directory, "file:///lake", io);
    ThermoclineException down = catchThrowableOfType(ThermoclineException.class, factory::open);
    assertThat(down.kind()).isEqualTo(ErrorKind.TRANSIENT);
    return down;
  }

  /** The driver of a database that is down. */
  private static final class DownDriver implements Driver {
    private final Properties asked = new Properties();
    private String address;

    @Override
    public boolean acceptsURL(String url) {
      return url.startsWith("jdbc:postgresql:");
    }

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
      if (!acceptsURL(url)) {
        return null;
      }
      asked.putAll(properties);
      address = url;
      throw new SQLException("The database is down", "08001");
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
      return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
      return 1;
    }

    @Override
    public int getMinorVersion() {
      return 0;
    }

    @Override
    public boolean jdbcCompliant() {
      return false;
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }
}
