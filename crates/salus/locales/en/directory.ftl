# People and places of the clinic.
directory-title = People and places
directory-people = People in health records
directory-people-none = Doctors, nurses and others will be listed here.
directory-places = Places
directory-places-none = The places of the clinic will be listed here.
directory-zone = Times are in { $zone }
directory-staff = Who works here
directory-people-pages = Pages of people
directory-places-pages = Pages of places
directory-organizations = Organizations
directory-organizations-pages = Pages of organizations
directory-roles = { $count ->
    [one] { $count } role
   *[other] { $count } roles
}
directory-role = Role not named
directory-others = Other roles
directory-nobody = Name not known
