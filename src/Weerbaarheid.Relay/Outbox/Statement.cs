using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Weerbaarheid.Relay.Outbox;

/// <summary>
/// One prepared statement, bound by index and stepped without allocating: <see cref="SqliteCommand"/> looks every
/// parameter up by name and makes a reader at each execution, which costs more than the insert itself.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int TextOnStack = 512;
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        var code = raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement);
        SqliteException.ThrowExceptionForRC(code, _database);
    }

    /// <summary>Rows that the last insert, update or delete on this connection changed.</summary>
    public int Changes => raw.sqlite3_changes(_database);

    public void Bind(int index, long value) => Require(raw.sqlite3_bind_int64(_statement, index, value));

    public void Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    public void BindNull(int index) => Require(raw.sqlite3_bind_null(_statement, index));

    /// <summary>Binds a blob; the bytes are copied.</summary>
    public void BindBlob(int index, ReadOnlySpan<byte> bytes) =>
        // An empty span has no address, and SQLite reads no address as NULL.
        Require(bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, bytes));

    /// <summary>Binds UTF-8 text; the bytes are copied.</summary>
    public void BindText(int index, ReadOnlySpan<byte> utf8) =>
        Require(utf8.IsEmpty ? raw.sqlite3_bind_text(_statement, index, "") : raw.sqlite3_bind_text(_statement, index, utf8));

    /// <summary>Binds text and adds the bytes, exactly as they will lie in the row, to the row's check.</summary>
    public void BindText(int index, string? text, ref RowCheck check)
    {
        if (text is null)
        {
            BindNull(index);
            check.AddAbsent();
            return;
        }

        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        var buffer = size <= TextOnStack ? stackalloc byte[TextOnStack] : new byte[size];
        var utf8 = buffer[..Encoding.UTF8.GetBytes(text, buffer)];
        BindText(index, utf8);
        check.Add(utf8);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False when there is none; the statement is then reset.</returns>
    /// <exception cref="SqliteException">SQLite said no; the statement is reset.</exception>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE)
        {
            Reset();
            return false;
        }

        try
        {
            SqliteException.ThrowExceptionForRC(code, _database);
            return false;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Makes the statement ready to be bound and run again. An error of the last step was already thrown there.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        if (Step()) Reset();
    }

    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    public bool IsBlob(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_BLOB;

    /// <summary>Bytes of a blob or text; they are gone at the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Require(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
